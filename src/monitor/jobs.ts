import type { FastifyInstance } from "fastify";
import type { Job } from "./plugins/schedule.ts";
import { removeOldHistory } from "./remove-old-history.ts";

/** Every job of the program, and when it runs. */
export function jobsOf(app: FastifyInstance): Job[] {
  return [
    { name: "poll", cron: "* * * * * *", run: () => app.poller.tick() },
    { name: "database resets", cron: "* * * * * *", run: () => app.databaseResets.tick() },
    { name: "service starts", cron: "* * * * * *", run: () => app.serviceStarts.tick() },
    { name: "log requests", cron: "* * * * * *", run: () => app.logRequests.tick() },
    { name: "sessions", cron: "0 0 * * * *", run: () => app.pruneSessions() },
    { name: "monitor run", cron: "0 * * * * *", run: () => app.continueRun() },
    {
      name: "old history",
      cron: "0 17 3 * * *",
      run: async () => {
        const removed = await removeOldHistory(app.database.db, app.clock());
        app.log.info({ removed }, "Old history was removed");
      },
    },
    {
      name: "old archives",
      cron: "0 37 3 * * *",
      run: async () => {
        const removed = await app.removeOldArchives();
        app.log.info({ removed }, "Old log archives were removed");
      },
    },
  ];
}
