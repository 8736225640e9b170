import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import SQLite from "better-sqlite3";
import { explainDamage, findDamage } from "../database/check-pages.ts";
import { DATABASE_FILE, sealedSecrets } from "../database/data-folder.ts";
import { explainFailure, isDiskFull } from "../database/disk-full.ts";
import { createSecretBox, KEY_FILE, opensAny, readKey } from "../secrets/secret-box.ts";
import { sealBackup } from "./backup-names.ts";

/** In one step: a write between two steps would make SQLite begin again. */
const ALL_PAGES = 2 ** 31 - 1;

export interface BackupTask {
  dataDir: string;
  /** Its folder is made if necessary. */
  file: string;
  /** ms UTC. */
  now: number;
}

/**
 * Copies the database as of one moment, and the key of the data folder, into one file: a database with the key in a table
 * `backup`, and a checksum. Sessions and one-time links are left out. Blocks its thread.
 * @returns the size in bytes.
 * @throws Error when it fails; then there is no file.
 */
export async function makeBackup({ dataDir, file, now }: BackupTask): Promise<number> {
  const source = join(dataDir, DATABASE_FILE);
  if (!existsSync(source)) throw new Error(`There is no database in ${dataDir}: see DATA_DIR.`);
  const part = `${file}.part`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(part, { force: true });
  try {
    await copyDatabase(source, part);
    completeCopy(part, source, readKey(dataDir), now);
    await sealBackup(part);
    await rename(part, file);
  } catch (error) {
    await Promise.all(["", "-journal", "-wal", "-shm"].map((suffix) => rm(part + suffix, { force: true })));
    if (!isDiskFull(error)) throw error;
    throw new Error(`No backup is made. ${explainFailure(error, dirname(file))}`);
  }
  return statSync(file).size;
}

async function copyDatabase(source: string, target: string): Promise<void> {
  const sqlite = new SQLite(source, { readonly: true, timeout: 5_000 });
  try {
    await sqlite.backup(target, { progress: () => ALL_PAGES });
  } catch (error) {
    const code = error instanceof SQLite.SqliteError ? error.code : "";
    if (!code.startsWith("SQLITE_CORRUPT")) throw error;
    throw new Error(explainNone(source, code), { cause: error });
  } finally {
    sqlite.close();
  }
}

function completeCopy(file: string, source: string, key: Buffer, now: number): void {
  const sqlite = new SQLite(file);
  try {
    const damage = findDamage(sqlite, "integrity_check");
    if (damage !== null) throw new Error(explainNone(source, damage));
    if (!opensAny(createSecretBox(key), sealedSecrets(sqlite))) {
      throw new Error(
        `No backup is made. ${KEY_FILE} beside ${source} is another key than the one that its secrets were sealed with, and nobody could read them: put that one back.`,
      );
    }
    sqlite.pragma("journal_mode = DELETE");
    sqlite.pragma("secure_delete = ON");
    sqlite.exec("delete from session; delete from invitation;");
    sqlite.exec("create table backup (made_at integer not null, key blob not null) strict");
    sqlite.prepare("insert into backup (made_at, key) values (?, ?)").run(now, key);
  } finally {
    sqlite.close();
  }
}

function explainNone(source: string, damage: string): string {
  return `No backup is made. ${explainDamage(source, damage)}`;
}
