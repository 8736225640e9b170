import type { FastifyInstance } from "fastify";
import { downloadArchivesRoutes } from "./download-archives-routes.ts";
import { followRequestRoutes } from "./follow-request-routes.ts";
import { previewRequestRoutes } from "./preview-request-routes.ts";
import { requestLogsRoutes } from "./request-logs-routes.ts";

/** «Получить логи»: the request, how it goes, and the archives that came of it; every page says when their store cannot be used. */
export async function logArchiveRoutes(app: FastifyInstance): Promise<void> {
  await requestLogsRoutes(app);
  await previewRequestRoutes(app);
  await followRequestRoutes(app);
  await downloadArchivesRoutes(app);

  app.pageNoticeFinders.push(async ({ user, t }) => {
    const { problem, root: folder } = app.archiveStore;
    if (!user?.isAdministrator || !problem) return [];
    return [{ text: t("logArchive.unusable", { reason: t(`logFailure.${problem.code}`), folder }) }];
  });
}
