/** Runs jobs of each kind, and prints for each run its name and the monotonic time, as a line of JSON: for tests that set its clock. */
import { fastify } from "fastify";
import runJobs, { EVERY_SECOND } from "../../src/monitor/plugins/run-jobs.ts";

export type JobName = "second" | "minute" | "night";

export interface JobRun {
  name: JobName;
  at: number;
}

const WHEN: Record<JobName, string> = { second: EVERY_SECOND, minute: "* * * * *", night: "17 3 * * *" };

const app = fastify();
app.decorate("clock", () => Date.now());
app.decorate("monotonicClock", () => performance.now());
await app.register(runJobs, {
  jobs: (Object.keys(WHEN) as JobName[]).map((name) => ({
    name,
    when: WHEN[name],
    async run() {
      process.stdout.write(`${JSON.stringify({ name, at: performance.now() } satisfies JobRun)}\n`);
    },
  })),
});
await app.listen({ host: "127.0.0.1", port: 0 });
