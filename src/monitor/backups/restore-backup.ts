import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { unfinishedRestore } from "../database/data-folder.ts";
import { DATABASE_FILE } from "../database/file.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { openDatabase } from "../database/open.ts";
import { markAsRestored } from "../fleet/restored-copy.ts";
import { syncFile, syncFolder } from "../log-archives/store/store.ts";
import { endOpenRepairs } from "../repairs/end-open-repairs.ts";
import { KEY_FILE } from "../secrets/secret-box.ts";
import type { Backup } from "./read-backup.ts";

const WAL_FILES = [`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`];

/**
 * Puts a backup in the place of the database and its key. Nobody may use them: the data folder has to be locked.
 * @returns the folder in which what it replaced is kept; null when nothing was there.
 */
export async function restoreBackup(
  backup: Backup,
  dataDir: string,
  actor: Actor,
  now: number,
): Promise<string | null> {
  const staging = join(dataDir, "restore-staging");
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o700 });
  await prepare(backup, staging, actor, now);
  const kept = await keepReplaced(dataDir, now);

  const unfinished = unfinishedRestore(dataDir);
  rmSync(unfinished, { recursive: true, force: true });
  renameSync(staging, unfinished);
  // An old log beside a new database would be read into it.
  for (const name of WAL_FILES) rmSync(join(dataDir, name), { force: true });
  for (const name of [DATABASE_FILE, KEY_FILE]) {
    if (existsSync(join(unfinished, name))) renameSync(join(unfinished, name), join(dataDir, name));
  }
  await syncFolder(dataDir);
  rmSync(unfinished, { recursive: true });
  return kept;
}

/** Makes what will be in the place of the database: of the newest schema, and acting on no POS server. */
async function prepare(
  { file, madeAt, key, sealedBytes }: Backup,
  folder: string,
  actor: Actor,
  now: number,
): Promise<void> {
  const target = join(folder, DATABASE_FILE);
  copyFileSync(file, target);
  if (sealedBytes !== null) truncateSync(target, sealedBytes);
  const database = openDatabase(target);
  try {
    await migrateDatabase(database);
    await database.db.transaction().execute(async (trx) => {
      await sql`drop table if exists backup`.execute(trx);
      await trx.deleteFrom("session").execute();
      await trx.deleteFrom("invitation").execute();
      await markAsRestored(trx, now);
      await endOpenRepairs(trx, actor, now);
      const detail = madeAt === null ? [] : [{ key: "backupMade", values: { at: madeAt } } as const];
      await recordEvent(trx, actor, { action: "backup_restore", detail }, now);
    });
  } finally {
    await database.db.destroy();
  }
  await syncFile(target);
  if (key) writeFileSync(join(folder, KEY_FILE), key, { mode: 0o600, flush: true });
}

async function keepReplaced(dataDir: string, now: number): Promise<string | null> {
  const names = [DATABASE_FILE, ...WAL_FILES, KEY_FILE].filter((name) => existsSync(join(dataDir, name)));
  if (names.length === 0) return null;
  const folder = join(dataDir, `replaced-${new Date(now).toISOString().replace(/[:.]/g, "-")}`);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of names) {
    copyFileSync(join(dataDir, name), join(folder, name));
    await syncFile(join(folder, name));
  }
  return folder;
}
