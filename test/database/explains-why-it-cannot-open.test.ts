import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import t from "tap";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { startMonitor } from "../helpers/app.ts";

t.test("a file that is no database, or whose schema was overwritten, is damaged", async (t) => {
  const folder = t.testdir({ "poswatch.txt": "not a database, ".repeat(1_000) });
  const none = join(folder, "poswatch.txt");
  t.throws(() => openDatabase(none), /poswatch\.txt is damaged \(SQLITE_NOTADB\)\. .*"backups"/);
  t.match(readFileSync(none, "utf8"), /^not a database/, "and it is left as it was");
  const file = join(folder, "poswatch.db");
  const database = openDatabase(file);
  await migrateDatabase(database);
  await database.db.destroy();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 2_000);
  writeFileSync(file, bytes);
  t.throws(() => openDatabase(file), /is damaged \(SQLITE_CORRUPT/);
});

t.test("a path that cannot be a file, or a folder, is named", async (t) => {
  const folder = t.testdir({ "poswatch.db": {}, "a-file": "" });
  t.throws(() => openDatabase(join(folder, "poswatch.db")), /cannot be opened for writing \(SQLITE_CANTOPEN/);
  t.throws(() => openDatabase(join(folder, "missing", "poswatch.db")), /cannot be opened/);
  const dataDir = join(folder, "a-file", "data");
  await t.rejects(
    startMonitor(t, { dataDir }),
    /The data folder .*a-file.data cannot be made: .*Set DATA_DIR/,
  );
});

t.test("a database that another program holds exclusively is locked", async (t) => {
  const file = join(t.testdir(), "poswatch.db");
  const holder = new SQLite(file);
  t.teardown(() => holder.close());
  holder.exec("pragma locking_mode = EXCLUSIVE; create table held (id integer); begin exclusive");
  t.throws(() => openDatabase(file), /is locked by another program \(SQLITE_BUSY.*\)\. Close it/);
});
