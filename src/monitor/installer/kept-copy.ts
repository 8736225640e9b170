import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import SQLite from "better-sqlite3";
import { renameFile } from "../../protocol/files.ts";
import { DATABASE_FILE } from "../database/data-folder.ts";
import { lockDataFolder } from "../database/lock.ts";
import { syncFile, syncFolder } from "../log-archives/store/store.ts";

const FOLDER = "before-upgrade";
/** One that was told to stop has so long to let go of the data folder. */
const LOCKED_WITHIN_MS = 15_000;
const AGAIN_MS = 100;

/** Copies the database, as it is before an upgrade, to `before-upgrade/` in the data folder. */
export async function keepCopy(dataDir: string): Promise<void> {
  const folder = join(dataDir, FOLDER);
  await whileLocked(dataDir, async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const copy = join(folder, `${DATABASE_FILE}.new`);
    rmSync(copy, { force: true });
    const sqlite = new SQLite(join(dataDir, DATABASE_FILE), { fileMustExist: true });
    try {
      await sqlite.backup(copy);
    } finally {
      sqlite.close();
    }
    await syncFile(copy);
    await renameFile(copy, join(folder, DATABASE_FILE));
    await syncFolder(folder);
  });
}

/** Puts that copy in the place of the database, as often as it takes; the copy stays. */
export async function putCopyBack(dataDir: string): Promise<void> {
  const copy = join(dataDir, FOLDER, DATABASE_FILE);
  const database = join(dataDir, DATABASE_FILE);
  await whileLocked(dataDir, async () => {
    if (!existsSync(copy)) throw new Error(`The copy ${copy} is gone: restore a backup.`);
    const next = `${database}.before-upgrade`;
    copyFileSync(copy, next);
    await syncFile(next);
    // SQLite would apply the log of the newer database to the older one.
    for (const end of ["-wal", "-shm"]) rmSync(`${database}${end}`, { force: true });
    await renameFile(next, database);
    await syncFolder(dataDir);
  });
}

async function whileLocked(dataDir: string, work: () => Promise<void>): Promise<void> {
  const release = await lockSoon(dataDir);
  await work().finally(release);
}

async function lockSoon(dataDir: string): Promise<() => void> {
  const begun = performance.now();
  for (;;) {
    try {
      return lockDataFolder(dataDir);
    } catch (error) {
      if (performance.now() - begun > LOCKED_WITHIN_MS) throw error;
      await delay(AGAIN_MS);
    }
  }
}
