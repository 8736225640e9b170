import { Worker } from "node:worker_threads";
import type { FastifyBaseLogger } from "fastify";
import type { OpenDatabase } from "./open.ts";

const WORKER = new URL("./checkpoint-worker.ts", import.meta.url);
/** 16 MiB, so that frequently changed pages are copied into the file less often. */
const PAGES = 4_096;
/** Only when the thread does not come round to it, as on a very slow disk. */
const PAGES_BESIDE_THREAD = 16 * PAGES;

/** The connection copies the write-ahead log into the database after so much, and waits for the disk meanwhile. */
export function checkpointAlone(sqlite: OpenDatabase["sqlite"]): void {
  sqlite.pragma(`wal_autocheckpoint = ${PAGES}`);
}

/** A thread does it for a connection that is not to wait. @returns what ends it, before the connection is closed. */
export function checkpointInThread(
  sqlite: OpenDatabase["sqlite"],
  log: Pick<FastifyBaseLogger, "error">,
): () => Promise<void> {
  sqlite.pragma(`wal_autocheckpoint = ${PAGES_BESIDE_THREAD}`);
  const worker = new Worker(WORKER, { workerData: { file: sqlite.name, pages: PAGES } });
  worker.unref(); // a start that fails ends the process
  worker.on("error", (error) => {
    checkpointAlone(sqlite);
    log.error(
      { err: error },
      "The thread that copies the log of the database ended: writes wait for the disk",
    );
  });
  return async () => void (await worker.terminate());
}
