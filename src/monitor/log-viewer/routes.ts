import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { logFilesRoutes } from "./files-routes.ts";
import { createLogCache } from "./log-cache.ts";
import { showLogRoutes } from "./show-routes.ts";

const MAX_CACHE_BYTES = 2 * 1024 ** 3;
/** Room for a log of 1 GB, also in Windows-1251, whose Russian letters take twice as much in UTF-8. */
const MAX_FILE_BYTES = 1.5 * 1024 ** 3;
const CACHE_FOLDER = "log-cache";

export interface LogViewerRouteOptions {
  dataDir: string;
  archiveDir: string;
  /** ms UTC. */
  clock: () => number;
}

/** The log files of archives in the browser, and the cache of those that were looked at. */
export async function logViewerRoutes(
  app: FastifyInstance,
  { dataDir, archiveDir, clock }: LogViewerRouteOptions,
): Promise<void> {
  const cache = createLogCache({
    directory: join(dataDir, CACHE_FOLDER),
    maxTotalBytes: MAX_CACHE_BYTES,
    maxFileBytes: MAX_FILE_BYTES,
    onFailure: ({ key }, problem, error) =>
      app.log.warn({ err: error, log: key, problem }, "A log is not shown"),
  });
  app.addHook("onClose", () => cache.close());
  await app.register(logFilesRoutes, { archiveDir, cache, clock });
  await app.register(showLogRoutes, { archiveDir, cache, clock });
}
