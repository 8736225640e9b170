import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { type Migration, Migrator } from "kysely/migration";
import { errorText } from "../../protocol/error-text.ts";
import type { OpenDatabase } from "./open.ts";
import { keepRevisionTriggers } from "./revision.ts";

const MIGRATIONS_DIRECTORY = join(import.meta.dirname, "../../../migrations");
const FIRST_MIGRATION = "0001-poswatch";
const KEPT_COPIES = 5;
const COPY = /^[\d-]+T[\d-]+Z-before-\d{4}-.*\.db$/;

/** In one transaction, after a copy to `backups/`. @returns the migrations that ran. @throws with what to do. */
export async function migrateDatabase({ db, sqlite }: OpenDatabase): Promise<string[]> {
  const migrations = await findMigrations();
  const executed = readExecutedMigrations(sqlite);
  requireKnown(sqlite, executed, migrations);
  const pending = Object.keys(migrations).filter((name) => !executed.includes(name));
  if (pending[0]) {
    if (executed.length > 0) await keepCopy(sqlite, pending[0]);
    // The triggers name columns that a migration may remove.
    keepRevisionTriggers(sqlite, {});
    const migrator = new Migrator({
      db: db.withoutPlugins(),
      provider: { getMigrations: async () => migrations },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error) {
      const failed = results?.find((result) => result.status === "Error")?.migrationName ?? pending[0];
      throw new Error(`Migration ${failed} failed; the database is unchanged: ${errorText(error)}`, {
        cause: error,
      });
    }
  }
  keepRevisionTriggers(sqlite);
  return pending;
}

/** @throws with the way out when the database is newer than the program, or from before the first release. */
export async function requireKnownSchema(sqlite: OpenDatabase["sqlite"]): Promise<void> {
  requireKnown(sqlite, readExecutedMigrations(sqlite), await findMigrations());
}

function requireKnown(
  sqlite: OpenDatabase["sqlite"],
  executed: string[],
  migrations: Record<string, Migration>,
): void {
  const unknown = executed.filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  if (!executed.includes(FIRST_MIGRATION))
    throw new Error(
      `The database ${sqlite.name} was made by a Poswatch from before version 1.0, which this one cannot read. Move the data folder away; Poswatch then begins with an empty database.`,
    );
  throw new Error(
    `The database ${sqlite.name} was made by a newer Poswatch (it has ${unknown.join(", ")}). Install that version again, or put back a copy from the folder "backups".`,
  );
}

/** Each is loaded when it runs, which most starts do without. */
async function findMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(MIGRATIONS_DIRECTORY)).filter((file) => /^\d{4}-.*\.[jt]s$/.test(file)).sort();
  const entries = files.map((file): [string, Migration] => {
    const { href } = pathToFileURL(join(MIGRATIONS_DIRECTORY, file));
    const up: Migration["up"] = async (db) => ((await import(href)) as Migration).up(db);
    return [parse(file).name, { up }];
  });
  return Object.fromEntries(entries);
}

function readExecutedMigrations(sqlite: OpenDatabase["sqlite"]): string[] {
  const hasTable = sqlite.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get();
  if (!hasTable) return [];
  return sqlite.prepare<[], string>("select name from kysely_migration order by name").pluck().all();
}

async function keepCopy(sqlite: OpenDatabase["sqlite"], before: string): Promise<void> {
  const directory = join(dirname(sqlite.name), "backups");
  await mkdir(directory, { recursive: true });
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  const made = `${time}-before-${before}.db`;
  const part = join(directory, "before-migration.part");
  await rm(part, { force: true });
  await sqlite.backup(part);
  await rename(part, join(directory, made));

  const others = (await readdir(directory)).filter((file) => COPY.test(file) && file !== made).sort();
  for (const old of others.slice(0, 1 - KEPT_COPIES)) await rm(join(directory, old));
}
