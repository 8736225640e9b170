import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";

/** Stays empty: what counts is who has locked it. */
const LOCK_FILE = "monitor.lock";
/** Who has locked it, in words, since a locked file tells nobody. */
const HOLDER_FILE = "monitor.pid";

export type ReleaseDataFolder = () => void;

/**
 * Takes the data folder for this process alone, against a second monitor; commands that only use the database need no
 * lock. The system takes it back when the process ends, however it ends, and it holds in other containers too.
 * @throws Error that names the folder and the process which has it.
 */
export function lockDataFolder(dataDir: string): ReleaseDataFolder {
  const holderFile = join(dataDir, HOLDER_FILE);
  const lock = new SQLite(join(dataDir, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec("begin immediate");
  } catch (error) {
    lock.close();
    if (!(error instanceof SQLite.SqliteError && error.code.startsWith("SQLITE_BUSY"))) throw error;
    throw new Error(
      `The data folder ${dataDir} is in use by another Poswatch (${readHolder(holderFile)}). Stop that one first, or set DATA_DIR to a folder of its own.`,
      { cause: error },
    );
  }
  writeHolder(holderFile);
  return () => {
    rmSync(holderFile, { force: true });
    lock.close();
  };
}

function writeHolder(file: string): void {
  try {
    writeFileSync(file, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`);
  } catch {
    // On a full disk nobody learns the name, but the lock holds.
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim() || "its process is not known";
  } catch {
    return "its process is not known";
  }
}
