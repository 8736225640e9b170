import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";

/** Stays empty; only its lock counts. */
const LOCK_FILE = "monitor.lock";
/** Names the process that holds the lock. */
const HOLDER_FILE = "monitor.pid";

/**
 * Against a second monitor, also in other containers; commands that only use the database need no lock.
 * @returns a function that releases it. @throws when another has it.
 */
export function lockDataFolder(dataDir: string): () => void {
  const holderFile = join(dataDir, HOLDER_FILE);
  const lock = new SQLite(join(dataDir, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec("begin immediate");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
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

/** Whether a monitor has it, this one too; otherwise it is taken for less than a moment. @throws when that cannot be told. */
export function isDataFolderLocked(dataDir: string): boolean {
  const file = join(dataDir, LOCK_FILE);
  if (!existsSync(file)) return false;
  const lock = new SQLite(file, { fileMustExist: true, timeout: 0 });
  try {
    lock.exec("begin immediate; rollback");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    lock.close();
  }
}

/** Whether a monitor has named itself as the one that has it, which takes no lock to tell. */
export const hasHolder = (dataDir: string) => existsSync(join(dataDir, HOLDER_FILE));

const isBusy = (error: unknown) =>
  error instanceof SQLite.SqliteError && error.code.startsWith("SQLITE_BUSY");

function writeHolder(file: string): void {
  try {
    writeFileSync(file, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`);
  } catch {
    // On a full disk the lock holds without a name.
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim() || "its process is not known";
  } catch {
    return "its process is not known";
  }
}
