import { statSync } from "node:fs";
import SQLite from "better-sqlite3";
import { findDamage } from "../database/check-pages.ts";
import { requireKnownSchema } from "../database/migrate.ts";
import { sealedSecrets } from "../database/sealed-secrets.ts";
import { createSecretBox, hasKey, opensAny, readKey } from "../secrets/secret-box.ts";
import { checkSeal, lostChecksum } from "./checksum.ts";

/** A file that can be restored. */
export interface Backup {
  file: string;
  /** ms UTC; null = a copy that a migration has kept. */
  madeAt: number | null;
  /** The one that opens its tokens. */
  key: Buffer | null;
  /** How many of its bytes are the database, for each of which its checksum vouches; null = it has none, as older ones. */
  sealedBytes: number | null;
}

/**
 * Looks through a backup, or a copy that a migration has kept, whose key is that of the data folder.
 * @throws Error that says why it cannot be restored.
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
    const kept = hasTable(sqlite, "backup")
      ? sqlite
          .prepare<[], { madeAt: number; key: Buffer }>('select made_at as "madeAt", key from backup')
          .get()
      : undefined;
    if (sealedBytes === null && hasColumn(sqlite, "backup", "has_checksum"))
      throw new Error(lostChecksum(file));
    const key = kept?.key ?? (hasKey(dataDir) ? readKey(dataDir) : null);
    if (!opensAny(key && createSecretBox(key), sealedSecrets(sqlite))) {
      throw new Error(
        `The tokens in ${file} were sealed with another key than the secret.key of the data folder: put the right one there first, or restore a backup that was made by npm run backup, which holds its key.`,
      );
    }
    return { file, madeAt: kept?.madeAt ?? null, key, sealedBytes };
  } finally {
    sqlite.close();
  }
}

function hasColumn(sqlite: SQLite.Database, table: string, name: string): boolean {
  return sqlite.prepare("select 1 from pragma_table_info(?) where name = ?").get(table, name) !== undefined;
}

function hasTable(sqlite: SQLite.Database, name: string): boolean {
  return (
    sqlite.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== undefined
  );
}
