import { workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";

const INTERVAL_MS = 500;
/** 16 MiB, so that frequently changed pages are copied into the file less often. */
const COPIED_FROM_PAGES = 4_096;
/** 64 MiB: then the log begins anew, for which nobody may write. */
const LONG_LOG_PAGES = 16_384;
const ROUNDS = 3;
/** So long may a write wait for the disk. */
const SHORT_MS = 50;

/** In pages. */
interface Checkpoint {
  log: number;
  checkpointed: number;
}

const sqlite = new SQLite(String(workerData), { fileMustExist: true, timeout: 0 });
sqlite.pragma("synchronous = NORMAL");
setInterval(copyLog, INTERVAL_MS);

function copyLog(): void {
  const { log, checkpointed } = checkpoint("NOOP");
  if (log - checkpointed < COPIED_FROM_PAGES) return;
  for (let round = 0; round < ROUNDS; round++) {
    const beganAt = performance.now();
    if (checkpoint("PASSIVE").log < LONG_LOG_PAGES) return;
    if (performance.now() - beganAt > SHORT_MS) continue; // much was written meanwhile
    checkpoint("RESTART");
    return;
  }
}

function checkpoint(mode: "NOOP" | "PASSIVE" | "RESTART"): Checkpoint {
  const [state] = sqlite.pragma(`wal_checkpoint(${mode})`) as [Checkpoint];
  return state;
}
