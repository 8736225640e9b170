import fp from "fastify-plugin";
import { type ScheduledTask, schedule } from "node-cron";

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
/** The beat comes shortly before each second of the clock, since node-cron would go through every minute of a jump. */
const BEFORE_SECOND_MS = 20;
/** Smaller corrections of the clock change nothing. */
const MAX_DRIFT_MS = 5_000;
/** So late a job still runs, after a correction or a busy time. */
const MAX_LATE_MS = 25_000;

/** No job runs twice at once. Minutes that the clock skips, or that the process sleeps through, are not made up for. */
export default fp<RunJobsOptions>(
  async (app, { jobs }) => {
    const { clock, monotonicClock } = app;
    const running = new Set<Job>();
    /** When each began last, by the monotonic clock. */
    const begunAt = new Map<Job, number>();
    /** The failures of failing jobs, each of which is logged once. */
    const failing = new Map<Job, string>();
    const everySecond = jobs.filter(({ when }) => when === EVERY_SECOND);
    const byClock = jobs.filter(({ when }) => when !== EVERY_SECOND);
    let tasks: ScheduledTask[] = [];
    let timer: NodeJS.Timeout | undefined;
    let wallAt = 0;
    let monotonicAt = 0;

    app.addHook("onListen", async () => {
      wallAt = clock();
      monotonicAt = monotonicClock();
      tasks = byClock.map(scheduleJob);
      waitForBeat();
    });
    app.addHook("preClose", async () => {
      clearTimeout(timer);
      await endTasks();
    });

    function waitForBeat(): void {
      timer = setTimeout(beat, BEAT_MS - ((Date.now() + BEFORE_SECOND_MS) % BEAT_MS));
    }

    /** By the monotonic clock: setting the clock does not stop it, speed it up or make it catch up. */
    function beat(): void {
      waitForBeat();
      const now = clock();
      const passedMs = monotonicClock() - monotonicAt;
      const jumpMs = Math.round(now - wallAt - passedMs);
      wallAt = now;
      monotonicAt += passedMs;
      if (Math.abs(jumpMs) > MAX_DRIFT_MS) {
        app.log.warn({ jumpMs }, "The clock was set, or the machine slept");
        void endTasks();
        tasks = byClock.map(scheduleJob);
      }
      for (const job of everySecond) void start(job);
    }

    function scheduleJob(job: Job): ScheduledTask {
      const task = schedule(job.when, runOnTime, {
        name: job.name,
        timezone: "UTC",
        noOverlap: true,
        missedExecutionTolerance: MAX_LATE_MS,
        suppressMissedWarning: true,
        logger: app.log.child({ job: job.name }),
      });
      const [first = 0, second = 0] = task.getNextRuns(2).map(Number);
      return task;

      /** A clock that was set may come to the same minute again. */
      async function runOnTime(): Promise<void> {
        const sinceMs = monotonicClock() - (begunAt.get(job) ?? Number.NEGATIVE_INFINITY);
        if (sinceMs >= (second - first) / 2) await start(job);
      }
    }

    async function endTasks(): Promise<void> {
      await Promise.all(tasks.map((task) => task.destroy()));
    }

    async function start(job: Job): Promise<void> {
      if (running.has(job)) return;
      running.add(job);
      begunAt.set(job, monotonicClock());
      try {
        await job.run();
        noteSuccess(job);
      } catch (error) {
        noteFailure(job, error);
      } finally {
        running.delete(job);
      }
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
