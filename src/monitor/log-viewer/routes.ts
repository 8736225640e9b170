import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { listFilesRoutes } from "./list-files-routes.ts";
import { createLogCache } from "./log-cache.ts";
import { showLogRoutes } from "./show-log-routes.ts";

const MAX_CACHE_BYTES = 2 * 1024 ** 3;
/** Room for a log of 1 GB, also in Windows-1251, whose Russian letters take twice as much in UTF-8. */
const MAX_FILE_BYTES = 1.5 * 1024 ** 3;
const CACHE_FOLDER = "log-cache";

/** The log files of archives in the browser, and the cache of those that were looked at. */
export async function logViewerRoutes(app: FastifyInstance): Promise<void> {
  const cache = createLogCache({
    directory: join(app.config.dataDir, CACHE_FOLDER),
    maxTotalBytes: MAX_CACHE_BYTES,
    maxFileBytes: MAX_FILE_BYTES,
    onFailure: ({ key }, problem, error) =>
      app.log.warn({ err: error, log: key, problem }, "A log is not shown"),
  });
  app.addHook("onClose", () => cache.close());
  await app.register(listFilesRoutes, { cache });
  await app.register(showLogRoutes, { cache });
}
