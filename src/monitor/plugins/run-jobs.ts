import fp from "fastify-plugin";
import { createTask } from "node-cron";
import { MINUTE_MS } from "../../protocol/time-units.ts";

export interface Job {
  name: string;
  /** `every second`, or a cron expression of five fields, in UTC. */
  when: string;
  run: () => Promise<void>;
}

export const EVERY_SECOND = "every second";

interface RunJobsOptions {
  jobs: readonly Job[];
}

const BEAT_MS = 1_000;
/** Smaller corrections of the clock are not logged. */
const MAX_DRIFT_MS = 5_000;

/** No job runs twice at once. Minutes that the clock skips, or that the process sleeps through, are not made up for. */
export default fp<RunJobsOptions>(
  async (app, { jobs }) => {
    const { clock, monotonicClock } = app;
    const running = new Set<Job>();
    /** The failures of failing jobs, each of which is logged once. */
    const failing = new Map<Job, string>();
    const everySecond = jobs.filter(({ when }) => when === EVERY_SECOND);
    // node-cron only reads the expressions: its timers would go through every minute that a clock skips.
    const byClock = jobs
      .filter(({ when }) => when !== EVERY_SECOND)
      .map((job) => ({ job, slots: createTask(job.when, () => undefined, { timezone: "Etc/UTC" }) }));
    let timer: NodeJS.Timeout | undefined;
    let wallAt = 0;
    let monotonicAt = 0;
    let lastMinute: number | null = null;

    app.addHook("onListen", async () => {
      wallAt = clock();
      monotonicAt = monotonicClock();
      timer = setInterval(beat, BEAT_MS);
    });
    app.addHook("preClose", async () => {
      clearInterval(timer);
      for (const { slots } of byClock) await slots.destroy();
    });

    /** By the monotonic clock: setting the clock does not stop it, speed it up or make it catch up. */
    function beat(): void {
      const now = clock();
      const passedMs = monotonicClock() - monotonicAt;
      const jumpMs = Math.round(now - wallAt - passedMs);
      wallAt = now;
      monotonicAt += passedMs;
      if (Math.abs(jumpMs) > MAX_DRIFT_MS)
        app.log.warn({ jumpMs }, "The clock was set, or the machine slept");

      for (const job of everySecond) start(job);
      const minute = Math.floor(now / MINUTE_MS);
      const isNext = lastMinute !== null && minute !== lastMinute;
      lastMinute = minute;
      if (!isNext) return;
      const slot = new Date(minute * MINUTE_MS);
      for (const { job, slots } of byClock) if (slots.match(slot)) start(job);
    }

    function start(job: Job): void {
      if (running.has(job)) return;
      running.add(job);
      job
        .run()
        .then(
          () => noteSuccess(job),
          (error: unknown) => noteFailure(job, error),
        )
        .finally(() => running.delete(job));
    }

    function noteSuccess(job: Job): void {
      if (failing.delete(job)) app.log.info({ job: job.name }, "A job that failed runs again");
    }

    function noteFailure(job: Job, error: unknown): void {
      const reason = String(error);
      if (failing.get(job) === reason) return;
      failing.set(job, reason);
      app.log.error({ err: error, job: job.name }, "A job failed");
    }
  },
  { name: "run-jobs" },
);
