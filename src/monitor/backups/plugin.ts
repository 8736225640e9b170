import fp from "fastify-plugin";
import { backUpNightly } from "./back-up-nightly.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Makes the backup of the night. @throws Error as `backUpNightly`. */
    backUpNightly(): Promise<void>;
  }
}

/** Makes a backup every night; while none can be made, every page tells administrators. */
export default fp(
  async (app) => {
    let failedAt: number | null = null;
    app.decorate("backUpNightly", async () => {
      const now = app.clock();
      try {
        const backup = await backUpNightly(app.database.db, app.config.dataDir, now);
        app.log.info(backup, "The backup of the night was made");
        failedAt = null;
      } catch (error) {
        failedAt ??= now;
        throw error;
      }
    });
    app.pageNoticeFinders.push(async ({ user, t, format }) => {
      if (!user?.isAdministrator || failedAt === null) return [];
      return [{ text: t("nightlyBackup.failed", { time: format.clock(failedAt, app.clock()) }) }];
    });
  },
  { name: "backups", dependencies: ["database", "page-notices"] },
);
