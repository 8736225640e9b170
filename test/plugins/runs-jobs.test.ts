import { fastify } from "fastify";
import { getTasks } from "node-cron";
import t, { type Test } from "tap";
import schedule, { EVERY_SECOND, type Job } from "../../src/monitor/plugins/run-jobs.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { createClock, START } from "../helpers/clock.ts";
import { logLines } from "../helpers/log-lines.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function startJobs(t: Test, jobs: Job[], clock = Date.now, monotonicClock = () => performance.now()) {
  const log = logLines();
  const app = fastify({ logger: { stream: log.stream } });
  app.decorate("clock", clock);
  app.decorate("monotonicClock", monotonicClock);
  await app.register(schedule, { jobs });
  t.teardown(() => app.close());
  return { app, log, listen: () => app.listen({ host: "127.0.0.1", port: 0 }) };
}

t.test("jobs run while the server listens, and a failed one runs again", async (t) => {
  let runs = 0;
  const job: Job = {
    name: "sample",
    when: EVERY_SECOND,
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
      when: EVERY_SECOND,
      run: async () => {
        slow++;
        await first.promise;
      },
    },
    { name: "quick", when: EVERY_SECOND, run: async () => void quick++ },
  ];
  const { listen } = await startJobs(t, jobs);
  await listen();
  await waitFor(() => quick >= 3);
  t.equal(slow, 1);
  first.resolve();
  await waitFor(() => slow >= 2);
});

/** Jobs that count their runs, on clocks that are set by hand. */
async function startCounted(t: Test) {
  const clock = createClock(START);
  const monotonic = createClock(0);
  const runs = { second: 0, hour: 0, night: 0 };
  // Its turn by the real clock, which node-cron goes by, does not come while the test runs.
  const inHalfAnHour = (new Date().getUTCMinutes() + 30) % 60;
  const ofTest = (name: string) => `${name} of “${t.name}”`;
  const jobs: Job[] = [
    { name: "second", when: EVERY_SECOND, run: async () => void runs.second++ },
    { name: ofTest("hour"), when: `${inHalfAnHour} * * * *`, run: async () => void runs.hour++ },
    { name: ofTest("night"), when: "17 3 * * *", run: async () => void runs.night++ },
  ];
  const { log, listen } = await startJobs(t, jobs, clock, monotonic);
  await listen();
  const tasks = () => [...getTasks().values()].filter(({ name }) => name?.endsWith(ofTest("")));
  const find = (name: keyof typeof runs) => tasks().find((task) => task.name === ofTest(name));
  /** As when its turn has come. */
  const run = async (name: keyof typeof runs) => await find(name)?.execute();
  const beat = async () => {
    const before = runs.second;
    await waitFor(() => runs.second >= before + 2);
  };
  const pass = (ms: number) => {
    clock.advance(ms);
    monotonic.advance(ms);
  };
  return { runs, log, clock, tasks, find, run, beat, pass };
}

t.test("a time of day is in UTC, and a turn that comes again within half a period is the same", async (t) => {
  const { runs, find, run, pass } = await startCounted(t);
  t.match(find("night")?.getNextRun()?.toISOString(), /T03:17:00.000Z$/);
  await run("night");
  t.match(runs, { hour: 0, night: 1 });
  for (const passedMs of [0, 29 * MINUTE_MS, 2 * MINUTE_MS]) {
    pass(passedMs);
    await run("hour");
  }
  t.equal(runs.hour, 2);
});

for (const hours of [8, 400 * 24, -24]) {
  t.test(`a clock set by ${hours} hours has the jobs planned anew, once`, async (t) => {
    const { runs, log, clock, tasks, run, beat } = await startCounted(t);
    const before = tasks().map(({ id }) => id);
    clock.advance(hours * HOUR_MS);
    await beat();
    const after = tasks().map(({ id }) => id);
    t.equal(after.length, before.length);
    t.notOk(after.some((id) => before.includes(id)));
    t.equal(runs.hour, 0, "nothing is made up for");
    t.equal(log.ofLevel("warn").length, 1);
    await run("hour");
    t.equal(runs.hour, 1);
  });
}
