import { fastify } from "fastify";
import t, { type Test } from "tap";
import schedule, { type Job } from "../../src/monitor/plugins/schedule.ts";
import { logLines } from "../helpers/log-lines.ts";
import { waitFor } from "../helpers/wait-for.ts";

const EVERY_SECOND = "* * * * * *";

async function startJobs(t: Test, jobs: Job[]) {
  const log = logLines();
  const app = fastify({ logger: { stream: log.stream } });
  await app.register(schedule, { jobs });
  t.teardown(() => app.close());
  return { app, log, listen: () => app.listen({ host: "127.0.0.1", port: 0 }) };
}

t.test("jobs run from when the server listens until it closes, and a failed one runs again", async (t) => {
  let runs = 0;
  const job: Job = {
    name: "sample",
    cron: EVERY_SECOND,
    run: async () => {
      runs++;
      throw new Error("the first time and ever after");
    },
  };
  const { app, log, listen } = await startJobs(t, [job]);
  await app.ready();
  t.equal(runs, 0, "not before it listens");
  await listen();
  await waitFor(() => runs >= 2);
  t.match(log.ofLevel("error")[0], { job: "sample", err: { message: /first time/ }, msg: "A job failed" });
  await app.close();
  const atClose = runs;
  let others = 0;
  const next = await startJobs(t, [{ ...job, run: async () => void others++ }]);
  await next.listen();
  await waitFor(() => others >= 2);
  t.equal(runs, atClose, "not after it closed, while another one's ran twice");
});

t.test("a job that takes longer than its turn is not run twice at once", async (t) => {
  const first = Promise.withResolvers<void>();
  let [slow, quick] = [0, 0];
  const jobs: Job[] = [
    {
      name: "slow",
      cron: EVERY_SECOND,
      run: async () => {
        slow++;
        await first.promise;
      },
    },
    { name: "quick", cron: EVERY_SECOND, run: async () => void quick++ },
  ];
  const { listen } = await startJobs(t, jobs);
  await listen();
  await waitFor(() => quick >= 3);
  t.equal(slow, 1);
  first.resolve();
  await waitFor(() => slow >= 2);
});
