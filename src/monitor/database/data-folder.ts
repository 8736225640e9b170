import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { KEY_FILE } from "../secrets/secret-box.ts";
import { callOf } from "../translations/call-of.ts";
import type { OpenDatabase } from "./open.ts";

const SEALED = { pos_server: "sealed_token", channel: "secrets" };

export const DATABASE_FILE = "poswatch.db";
/** In the folder of log archives; names the database that they belong to. */
export const ARCHIVES_MARKER_FILE = ".poswatch-archives";

/** Nightly, or a copy kept by a migration. */
const BACKUP = /\.(backup|db)$/;
/** The size of a database without any table. */
const EMPTY_BYTES = 4_096;

/** The only folder of archives that Poswatch makes itself. */
export const defaultArchiveDir = (dataDir: string) => join(dataDir, "archives");

/** Holds the new database and key during a restore. */
export function unfinishedRestore(dataDir: string): string {
  return join(dataDir, "restore-unfinished");
}

/** @throws with what to do when a restore was interrupted, or the database is lost. */
export function requireWholeDataFolder(folders: { dataDir: string; archiveDir: string }): void {
  const { dataDir, archiveDir } = folders;
  const unfinished = unfinishedRestore(dataDir);
  if (existsSync(unfinished)) {
    throw new Error(
      `A backup was being restored into ${dataDir} and was not finished: ${unfinished} is still there. Restore it again: ${callOf("restore")} FILE.`,
    );
  }
  const file = join(dataDir, DATABASE_FILE);
  // The last changes may only be in the log beside it.
  if (bytesOf(file) > 0 && bytesOf(file) + bytesOf(`${file}-wal`) > EMPTY_BYTES) return;
  const backups = join(dataDir, "backups");
  const left = [join(dataDir, KEY_FILE), join(archiveDir, ARCHIVES_MARKER_FILE)].filter((one) =>
    existsSync(one),
  );
  if (existsSync(backups) && readdirSync(backups).some((name) => BACKUP.test(name))) left.push(backups);
  if (left.length === 0) return;
  const aside = left.map((one) => `mv '${one}' '${one}.old'`);
  throw new Error(
    `The database ${file} is missing or empty, but what belonged to it is there: ${left.join(", ")}. See whether its disk is mounted, or restore a backup: ${callOf("restore")} FILE, where FILE is one of the folder "backups" beside it. To begin anew without it: ${aside.join(" && ")}`,
  );
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** All that is sealed with the key of the data folder, in a database of any schema. */
export function* sealedSecrets(sqlite: OpenDatabase["sqlite"]): Generator<Buffer> {
  const tables = sqlite.prepare<[], string>("select name from sqlite_schema").pluck().all();
  for (const [table, column] of Object.entries(SEALED)) {
    if (!tables.includes(table)) continue;
    yield* sqlite
      .prepare<[], Buffer>(`select ${column} from ${table} where ${column} is not null`)
      .pluck()
      .iterate();
  }
}
