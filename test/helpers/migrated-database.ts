import { createHash } from "node:crypto";
import { constants, copyFileSync, existsSync, globSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";

const SCHEMA = ["migrations/*.ts", "src/monitor/database/*.ts"];
const ROOT = join(import.meta.dirname, "../..");
/** Differs when what makes the schema does. */
const TEMPLATE = join(tmpdir(), `poswatch-test-${hashSchema()}.db`);

/** Puts an empty database of the newest schema into a data folder that has none: migrating takes longer than most tests. */
export async function provideDatabase(dataDir: string): Promise<void> {
  const file = join(dataDir, DATABASE_FILE);
  if (existsSync(file)) return;
  if (!existsSync(TEMPLATE)) await makeTemplate();
  copyFileSync(TEMPLATE, file, constants.COPYFILE_FICLONE);
}

function hashSchema(): string {
  const hash = createHash("sha256");
  for (const file of globSync(SCHEMA, { cwd: ROOT }).sort())
    hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** Other processes may be making it too: whoever is last leaves the same. */
async function makeTemplate(): Promise<void> {
  const file = `${TEMPLATE}.${process.pid}`;
  const database = openDatabase(file);
  await migrateDatabase(database);
  await database.db.destroy();
  for (const rest of ["-wal", "-shm"]) rmSync(`${file}${rest}`, { force: true });
  renameSync(file, TEMPLATE);
}
