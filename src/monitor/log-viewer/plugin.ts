import { join } from "node:path";
import fp from "fastify-plugin";
import { listStoredIds } from "../log-archives/store/find-archive.ts";
import { RESERVED_BYTES, readFreeBytes } from "../log-archives/store/store.ts";
import { createPlaces, type PlaceLimits, type Places } from "../workers/places.ts";
import { createLogCache, type LogCache } from "./log-cache.ts";

declare module "fastify" {
  interface FastifyInstance {
    logCache: LogCache;
    logSearches: Places;
  }
}

const MAX_CACHE_BYTES = 2 * 1024 ** 3;
/** Enough for a log of 1 GB in Windows-1251, whose Russian letters take twice as much in UTF-8. */
const MAX_FILE_BYTES = 1.5 * 1024 ** 3;
const SEARCHES: PlaceLimits = { atOnce: 2, maxWaitingEach: 3, maxWaiting: 100 };
const CACHE_FOLDER = "log-cache";

export default fp(
  async (app) => {
    const { db } = app.database;
    const directory = join(app.config.dataDir, CACHE_FOLDER);
    const cache = createLogCache({
      directory,
      maxTotalBytes: MAX_CACHE_BYTES,
      maxFileBytes: MAX_FILE_BYTES,
      reservedBytes: RESERVED_BYTES,
      readFreeBytes: () => readFreeBytes(directory),
      listArchives: (ids) => listStoredIds(db, ids),
      onFailure: ({ key }, problem, error) =>
        app.log.warn({ err: error, log: key, problem }, "A log is not shown"),
    });
    app.decorate("logCache", cache);
    app.decorate("logSearches", createPlaces(SEARCHES));

    /** The process may have been killed between removing an archive and its logs. */
    app.addHook("onListen", async () => {
      cache
        .removeOrphans()
        .catch((error) => app.log.error({ err: error }, "Logs of removed archives are still in the cache"));
    });
    app.addHook("onClose", () => cache.close());
  },
  { name: "log-viewer", dependencies: ["database", "log-archives"] },
);
