import { mkdir } from "node:fs/promises";
import fp from "fastify-plugin";
import { defaultArchiveDir } from "../database/data-folder.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import type { Runner } from "../requests/runner.ts";
import { createLogRequestRunner } from "./fetching/work.ts";
import { TIMING } from "./fetching/work-context.ts";
import { type Removed, removeOldArchives } from "./remove-old-archives.ts";
import { requireKnownStore } from "./store/marker.ts";
import { type ArchiveStore, listStoredFiles, openArchiveStore, removeStored } from "./store/store.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** `wake` for a new request, `interrupt` for a cancelled one. */
    logRequests: Runner;
    removeOldArchives(): Promise<Removed>;
    archiveStore: ArchiveStore;
  }
}

/** Fetches logs into the file store. The monitor also starts without the store, which only log requests need. */
export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, monotonicClock, config, posClient, secretBox } = app;
    const log = app.log.child({ part: "log archives" });
    const store = openArchiveStore(config.archiveDir);
    app.decorate("archiveStore", store);
    try {
      // Another folder may be a share that is not mounted now.
      if (config.archiveDir === defaultArchiveDir(config.dataDir))
        await mkdir(config.archiveDir, { recursive: true });
      await requireKnownStore(db, store);
    } catch (error) {
      const { archiveDir: folder } = config;
      log.error(
        { err: error, folder },
        "The folder ARCHIVE_DIR cannot be used: no logs can be fetched before it is",
      );
    }

    const context = { db, client: posClient, secretBox, store, timing: TIMING, log, clock, monotonicClock };
    const runner = createLogRequestRunner(context);
    app.decorate("logRequests", runner);
    app.decorate("removeOldArchives", () => removeOldArchives(db, store, log, clock()));

    app.addHook("onListen", async () => {
      void tidyUp();
    });
    app.addHook("preClose", async () => await runner.stop());

    /** New archives may already be coming. */
    async function tidyUp(): Promise<void> {
      try {
        if (await isHeldBack(db)) return;
        await requireKnownStore(db, store);
        for await (const { path, isPart } of listStoredFiles(store.root)) {
          if (isPart && !store.coming.has(path.normalize("NFC"))) await removeStored(store, path);
        }
      } catch (error) {
        log.error({ err: error }, "Unfinished archives could not be removed");
      }
    }
  },
  { name: "log-archives", dependencies: ["database", "pos-client", "polling"] },
);
