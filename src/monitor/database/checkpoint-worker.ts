import { workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";

/** In pages. */
interface Checkpoint {
  log: number;
  checkpointed: number;
}

const INTERVAL_MS = 500;
/** What is written while it copies waits for the next one. */
const ROUNDS = 3;

/** The thread of `checkpointInThread`. */
const { file, pages } = workerData;
const sqlite = new SQLite(file, { fileMustExist: true, timeout: 0 });
sqlite.pragma("synchronous = NORMAL");
setInterval(copyLog, INTERVAL_MS);

/**
 * The log begins anew with the first write after all of it was copied. Nobody waits meanwhile: other modes would lock
 * writers out for as long as the disk takes.
 */
function copyLog(): void {
  const { log, checkpointed } = checkpoint("NOOP");
  if (log - checkpointed < pages) return;
  for (let round = 0; round < ROUNDS; round++) {
    const copied = checkpoint("PASSIVE");
    if (copied.checkpointed === copied.log) return;
  }
}

function checkpoint(mode: "NOOP" | "PASSIVE"): Checkpoint {
  const [state] = sqlite.pragma(`wal_checkpoint(${mode})`) as [Checkpoint];
  return state;
}
