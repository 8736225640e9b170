import { fastify } from "fastify";
import t, { type Test } from "tap";
import schedule, { EVERY_SECOND, type Job } from "../../src/monitor/plugins/run-jobs.ts";
import { createClock, HOUR_MS, MINUTE_MS, START, type TestClock } from "../helpers/clock.ts";
import { logLines } from "../helpers/log-lines.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function startJobs(t: Test, jobs: Job[], clock: () => number = Date.now) {
  const log = logLines();
  const app = fastify({ logger: { stream: log.stream } });
  app.decorate("clock", clock);
  app.decorate("monotonicClock", () => performance.now());
  await app.register(schedule, { jobs });
  t.teardown(() => app.close());
  return { app, log, listen: () => app.listen({ host: "127.0.0.1", port: 0 }) };
}

// Each waits for seconds that really pass.
const BESIDE_OTHERS = { buffered: true };

t.test("jobs", { jobs: 10 }, async (t) => {
  t.test("jobs run while the server listens, and a failed one runs again", BESIDE_OTHERS, async (t) => {
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

  t.test("a job that takes longer than its turn is not run twice at once", BESIDE_OTHERS, async (t) => {
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

  /** Jobs that count their runs, on a clock that is set by hand while real seconds pass. */
  async function startCounted(t: Test, clock: TestClock) {
    const runs = { second: 0, minute: 0, night: 0 };
    const jobs: Job[] = [
      { name: "second", when: EVERY_SECOND, run: async () => void runs.second++ },
      { name: "minute", when: "* * * * *", run: async () => void runs.minute++ },
      { name: "night", when: "17 3 * * *", run: async () => void runs.night++ },
    ];
    const { log, listen } = await startJobs(t, jobs, clock);
    await listen();
    const beat = async () => {
      const before = runs.second;
      await waitFor(() => runs.second >= before + 2);
    };
    await beat();
    return { runs, log, beat };
  }

  t.test("what has a time of day runs at its minute in UTC, once", BESIDE_OTHERS, async (t) => {
    const clock = createClock(START);
    const { runs, beat } = await startCounted(t, clock);
    t.match(runs, { minute: 0, night: 0 });
    clock.set(Date.parse("2026-11-25T03:17:00.500Z"));
    await beat();
    t.match(runs, { minute: 1, night: 1 });
    clock.advance(30_000);
    await beat();
    t.match(runs, { minute: 1, night: 1 }, "not again within its minute");
    clock.advance(MINUTE_MS);
    await beat();
    t.match(runs, { minute: 2, night: 1 });
  });

  for (const hours of [8, 24, 30 * 24, 3_650 * 24, -1, -24, -3_650 * 24]) {
    t.test(
      `a clock set by ${hours} hours stops nothing, and nothing is made up for`,
      BESIDE_OTHERS,
      async (t) => {
        const clock = createClock(START);
        const { runs, log, beat } = await startCounted(t, clock);
        const cpuBefore = process.cpuUsage();
        clock.advance(hours * HOUR_MS);
        await beat();
        t.equal(runs.minute, 1, "only the minute that it is now");
        clock.advance(MINUTE_MS);
        await beat();
        t.equal(runs.minute, 2, "and the next ones come as ever");
        const { user, system } = process.cpuUsage(cpuBefore);
        t.ok((user + system) / 1_000_000 < 2, "without work for what was skipped");
        t.equal(log.ofLevel("warn").length, 2, "one line for each time it was set");
      },
    );
  }
});
