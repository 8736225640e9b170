import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { runInWorker } from "../../protocol/run-in-worker.ts";
import { DATABASE_FILE } from "../database/file.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "../fleet/settings.ts";
import { RESERVED_BYTES, readFreeBytes } from "../log-archives/store/store.ts";
import { backupFolder, backupName, listAbandonedParts, listNightlyBackups } from "./backup-names.ts";
import type { BackupTask } from "./make-backup.ts";

const WORKER = new URL("./backup-worker.ts", import.meta.url);
const LIMITS = { timeoutMs: 30 * 60_000, maxHeapMegabytes: 64 };

/** What the night made, for the program's log. */
export interface NightlyBackup {
  file: string;
  bytes: number;
  removed: number;
}

/**
 * Makes the backup of the night beside the running monitor, and then removes those beyond the setting. One that fails
 * removes nothing.
 * @throws Error when there is no room for it, or the database is damaged.
 */
export async function backUpNightly(db: Db, dataDir: string, now: number): Promise<NightlyBackup> {
  const folder = backupFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await listAbandonedParts(folder, now)) await rm(join(folder, name), { force: true });
  await requireRoom(folder, join(dataDir, DATABASE_FILE));
  const file = join(folder, backupName(now, "nightly"));
  const task: BackupTask = { dataDir, file, now };
  const bytes = await runInWorker<number>(WORKER, task, LIMITS);

  const { nightlyBackups } = await readSettings(db);
  const names = await listNightlyBackups(folder);
  // Those of a clock that was ahead are older than this one, whatever their names say.
  const ahead = names.splice(names.indexOf(basename(file)) + 1);
  const old = [...ahead, ...names].slice(0, -nightlyBackups);
  for (const name of old) await rm(join(folder, name));
  return { file, bytes, removed: old.length };
}

async function requireRoom(folder: string, databaseFile: string): Promise<void> {
  const freeBytes = await readFreeBytes(folder);
  const needed = (await stat(databaseFile)).size + RESERVED_BYTES;
  if (freeBytes >= needed) return;
  throw new Error(`No backup is made: ${freeBytes} bytes of the disk are free, ${needed} are needed`);
}
