import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Insertable } from "kysely";
import type { Test } from "tap";
import { ARCHIVES_MARKER_FILE } from "../../src/monitor/database/data-folder.ts";
import type { LogRequestTable } from "../../src/monitor/database/tables/request-tables.ts";
import { createLogRequestRunner } from "../../src/monitor/log-archives/fetching/work.ts";
import { TIMING, type Timing } from "../../src/monitor/log-archives/fetching/work-context.ts";
import { type ArchiveStore, openArchiveStore } from "../../src/monitor/log-archives/store/store.ts";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { startMonitor, type TestMonitorOptions } from "./app.ts";
import { startLogServer } from "./log-server.ts";
import { POS_SERVER_ID } from "./pos-server.ts";
import { queueRequest } from "./requests.ts";
import { readRow } from "./rows.ts";
import { waitFor } from "./wait-for.ts";

export type LogMonitor = Awaited<ReturnType<typeof startLogMonitor>>;

interface LogMonitorOptions {
  timing?: Partial<Timing>;
  store?: Partial<ArchiveStore>;
  config?: TestMonitorOptions["config"];
}

/** A monitor, a POS server over real sockets, and a runner that works only when it is told. */
export async function startLogMonitor(t: Test, options: LogMonitorOptions = {}) {
  const monitor = await startMonitor(t, options.config ? { config: options.config } : {});
  const { app, db, clock, dataDir } = monitor;
  const server = await startLogServer(t, clock);
  const { address } = server;
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12", address, identity: POS_SERVER_ID });
  const store = { ...openArchiveStore(join(dataDir, "archives")), ...options.store };
  const client = createPosClient({ now: clock });
  const timing = { ...TIMING, retryPausesMs: [1, 1], progressEveryMs: 0, ...options.timing };
  const { secretBox, log } = app;
  const wanted = { db, client, secretBox, store, timing, log, clock, monotonicClock: clock };
  const runner = createLogRequestRunner(wanted);
  t.teardown(async () => {
    await runner.stop();
    await client.close();
  });

  async function work(): Promise<void> {
    runner.wake();
    const open = db.selectFrom("logRequest").select("id").where("finishedAt", "is", null);
    await waitFor(async () => (await open.executeTakeFirst()) === undefined);
    await runner.idle();
  }

  /** Queues a request of the last day, 100 MB at most unless told. @returns its id. */
  const queue = (changes?: Partial<Insertable<LogRequestTable>>) =>
    queueRequest(db, posServerId, clock(), changes);

  const parts = { server, posServerId, store, runner, queue, work };
  return {
    ...monitor,
    ...parts,
    /** Queues such a request and works until it is finished. @returns its id. */
    async fetch(...changes: Parameters<typeof queue>) {
      const id = await queue(...changes);
      await work();
      return id;
    },
    /** Gives the POS server a log, of today unless told. */
    put(name: string, content: string | Buffer, modifiedAt = TODAY) {
      server.logs.set(name, { content: Buffer.from(content), modifiedAt });
    },
    request: (id: number) => readRow(db, "logRequest", { id }),
    async archives(id: number) {
      const archives = db.selectFrom("logArchive").selectAll().where("logRequestId", "=", id);
      return await archives.orderBy("position").execute();
    },
    stored: () => filesIn(store.root),
    read: async (path: string | null | undefined) => await readFile(join(store.root, path ?? "")),
  };
}

export const TODAY = "2026-11-24T09:00:00.000Z";
const YESTERDAY = "2026-11-23T09:00:00.000Z";

/** A POS server with a log of today and one of yesterday: two archives. */
export async function startWithTwoDays(t: Test, options: LogMonitorOptions = {}) {
  const monitor = await startLogMonitor(t, options);
  monitor.put("today.log", "сегодня\n".repeat(1_000));
  monitor.put("yesterday.log", "вчера\n".repeat(1_000), YESTERDAY);
  return monitor;
}

/** Every file in a folder, relative to it with `/`. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== ARCHIVES_MARKER_FILE)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
