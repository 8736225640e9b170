import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { sql } from "kysely";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import { findDamage } from "../database/check-pages.ts";
import { DATABASE_FILE, sealedSecrets, unfinishedRestore } from "../database/data-folder.ts";
import { migrateDatabase, requireKnownSchema } from "../database/migrate.ts";
import { openDatabase } from "../database/open.ts";
import { markAsRestored } from "../installation/restored-copy.ts";
import { syncFile, syncFolder } from "../log-archives/store/store.ts";
import { endOpenRepairs } from "../repairs/end-open-repairs.ts";
import { createSecretBox, hasKey, KEY_FILE, opensAny, readKey } from "../secrets/secret-box.ts";
import { callOf } from "../translations/call-of.ts";
import { checkSeal, lostChecksum } from "./backup-names.ts";

const WAL_FILES = [`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`];

/**
 * Replaces database and key by a backup. The data folder has to be locked.
 * @returns the folder with the replaced files; null when there were none.
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
  // SQLite would apply an old log to the new database.
  for (const name of WAL_FILES) rmSync(join(dataDir, name), { force: true });
  for (const name of [DATABASE_FILE, KEY_FILE]) {
    if (existsSync(join(unfinished, name))) renameSync(join(unfinished, name), join(dataDir, name));
  }
  await syncFolder(dataDir);
  rmSync(unfinished, { recursive: true });
  return kept;
}

/** Brings the new database to the newest schema, and takes out what would act on POS servers. */
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

interface Backup {
  file: string;
  /** ms UTC; null = a copy kept by a migration. */
  madeAt: number | null;
  key: Buffer | null;
  /** Of the database without its checksum; null = a copy kept by a migration. */
  sealedBytes: number | null;
}

/**
 * Checks a backup, or a copy by a migration, which uses the key of the data folder.
 * @throws Error why it cannot be restored.
 */
export async function readBackup(file: string, dataDir: string): Promise<Backup> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Error(`There is no file ${file}.`);
  if (found.isDirectory()) throw new Error(`${file} is a folder: name one of the backups in it.`);
  const sealedBytes = await checkSeal(file);
  const sqlite = new SQLite(file, { readonly: true });
  try {
    const damage = findDamage(sqlite, "integrity_check");
    if (damage !== null) throw new Error(`${file} is damaged or no backup: ${damage}`);
    if (!hasTable(sqlite, "kysely_migration")) throw new Error(`${file} is no backup of Poswatch.`);
    await requireKnownSchema(sqlite);
    const select = 'select made_at as "madeAt", key from backup';
    const kept = hasTable(sqlite, "backup")
      ? sqlite.prepare<[], { madeAt: number; key: Buffer }>(select).get()
      : undefined;
    if (sealedBytes === null && kept) throw new Error(lostChecksum(file));
    const key = kept?.key ?? (hasKey(dataDir) ? readKey(dataDir) : null);
    if (!opensAny(key && createSecretBox(key), sealedSecrets(sqlite))) {
      throw new Error(
        `The tokens in ${file} were sealed with another key than the secret.key of the data folder: put the right one there first, or restore a backup that was made by ${callOf("backup")}, which holds its key.`,
      );
    }
    return { file, madeAt: kept?.madeAt ?? null, key, sealedBytes };
  } finally {
    sqlite.close();
  }
}

function hasTable(sqlite: SQLite.Database, name: string): boolean {
  return (
    sqlite.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== undefined
  );
}
