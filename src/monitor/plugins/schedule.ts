import fp from "fastify-plugin";
import { type ScheduledTask, schedule } from "node-cron";

export interface Job {
  name: string;
  /** Six fields, seconds first, or five. */
  cron: string;
  run: () => Promise<void>;
}

export interface ScheduleOptions {
  jobs: readonly Job[];
}

/** Runs the jobs while the server listens, none of them twice at once. A job that fails is logged and runs again. */
export default fp<ScheduleOptions>(
  async (app, { jobs }) => {
    let tasks: ScheduledTask[] = [];
    app.addHook("onListen", async () => {
      tasks = jobs.map(({ name, cron, run }) =>
        schedule(
          cron,
          () => run().catch((error) => app.log.error({ err: error, job: name }, "A job failed")),
          {
            name,
            noOverlap: true,
          },
        ),
      );
    });
    app.addHook("preClose", async () => {
      for (const task of tasks) await task.destroy();
    });
  },
  { name: "schedule" },
);
