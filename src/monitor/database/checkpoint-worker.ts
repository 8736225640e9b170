import { workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";

/** In pages. */
interface Checkpoint {
  log: number;
  checkpointed: number;
}

const INTERVAL_MS = 500;
const ROUNDS = 3;
/** So long may a write wait for the disk. */
const SHORT_MS = 50;

/** The thread of `checkpointInThread`. */
const { file, pages, longLogPages } = workerData;
const sqlite = new SQLite(file, { fileMustExist: true, timeout: 0 });
sqlite.pragma("synchronous = NORMAL");
setInterval(copyLog, INTERVAL_MS);

/** When it is long the log begins anew, for which nobody may write. */
function copyLog(): void {
  const { log, checkpointed } = checkpoint("NOOP");
  if (log - checkpointed < pages) return;
  for (let round = 0; round < ROUNDS; round++) {
    const beganAt = performance.now();
    if (checkpoint("PASSIVE").log < longLogPages) return;
    if (performance.now() - beganAt > SHORT_MS) continue; // much was written meanwhile
    checkpoint("TRUNCATE");
    return;
  }
}

function checkpoint(mode: "NOOP" | "PASSIVE" | "TRUNCATE"): Checkpoint {
  const [state] = sqlite.pragma(`wal_checkpoint(${mode})`) as [Checkpoint];
  return state;
}
