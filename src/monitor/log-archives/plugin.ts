import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import fp from "fastify-plugin";
import { readRestoredAt } from "../fleet/restored-copy.ts";
import { LEASE_MS } from "../requests/leases.ts";
import type { Runner } from "../requests/runner.ts";
import { createLogRequestRunner } from "./fetching/create-log-request-runner.ts";
import { TIMING } from "./fetching/timing.ts";
import { type Removed, removeOldArchives } from "./remove-old-archives.ts";
import { requireKnownStore } from "./store/marker.ts";
import { listParts, removeAbandonedParts } from "./store/remove-abandoned-parts.ts";
import { type ArchiveStore, openArchiveStore } from "./store/store.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Works through the log requests: `wake` it for a new one, `interrupt` it for one that was cancelled. */
    logRequests: Runner;
    removeOldArchives(): Promise<Removed>;
    archiveStore: ArchiveStore;
  }
}

/** Fetches logs into the file store. The monitor starts without its store, since only log requests need it. */
export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, config, posClient, secretBox } = app;
    const log = app.log.child({ part: "log archives" });
    const store = openArchiveStore(config.archiveDir);
    app.decorate("archiveStore", store);
    try {
      await mkdir(config.archiveDir, { recursive: true });
      await requireKnownStore(db, store);
    } catch (error) {
      log.error({ err: error }, "The folder ARCHIVE_DIR cannot be used: no logs can be fetched before it is");
    }

    const runner = createLogRequestRunner({
      db,
      client: posClient,
      secretBox,
      store,
      timing: TIMING,
      log,
      clock,
    });
    app.decorate("logRequests", runner);
    app.decorate("removeOldArchives", () => removeOldArchives(db, store, log, clock()));

    const closing = new AbortController();
    app.addHook("onListen", async () => {
      void tidyUp();
    });
    app.addHook("preClose", async () => {
      closing.abort();
      await runner.stop();
    });

    /** Removes what a killed process left unfinished: some of it is let go only when its lease has run out. */
    async function tidyUp(): Promise<void> {
      try {
        if ((await readRestoredAt(db)) !== null) return;
        await requireKnownStore(db, store);
        let parts = await listParts(store);
        while (parts.length > 0) {
          parts = await removeAbandonedParts(db, store, parts, clock());
          if (parts.length > 0) await delay(LEASE_MS, undefined, { signal: closing.signal });
        }
      } catch (error) {
        if (!closing.signal.aborted) log.error({ err: error }, "Unfinished archives could not be removed");
      }
    }
  },
  { name: "log-archives", dependencies: ["database", "pos-client", "polling"] },
);
