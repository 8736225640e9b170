import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import type * as Migrate from "../../src/monitor/database/migrate.ts";
import type * as Open from "../../src/monitor/database/open.ts";
import { queryFile } from "../helpers/backups.ts";

const ROOT = join(import.meta.dirname, "../..");
const MIGRATIONS = readdirSync(join(ROOT, "migrations"))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();
const NEXT = "0002-next";

/** A copy of the program's database part, to give it migrations that are still to come. */
async function copyProgram(t: Test, folder = t.testdir()) {
  for (const part of ["src/monitor/database", "src/monitor/translations", "src/protocol", "migrations"])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const load = async (file: string) =>
    await import(pathToFileURL(join(folder, "src/monitor/database", file)).href);
  const { migrateDatabase }: typeof Migrate = await load("migrate.ts");
  const { openDatabase }: typeof Open = await load("open.ts");
  const file = join(folder, "poswatch.db");
  return {
    folder,
    file,
    /** Opens the database, migrates it and closes it. @returns the migrations that ran. */
    async start() {
      const database = openDatabase(file);
      try {
        return await migrateDatabase(database);
      } finally {
        await database.db.destroy();
      }
    },
    addMigration(name: string, statements: string[]) {
      const body = statements.map((statement) => `await sql\`${statement}\`.execute(db);`).join("\n");
      writeFileSync(
        join(folder, "migrations", `${name}.ts`),
        `import { sql } from "kysely";\nexport async function up(db) {\n${body}\n}\n`,
      );
    },
  };
}

t.test("a new database gets every migration once, and what cannot be migrated stays as it is", async (t) => {
  const program = await copyProgram(t);
  t.same(await program.start(), MIGRATIONS);
  t.same(await program.start(), []);
  t.same(queryFile(program.file, "select name from kysely_migration"), MIGRATIONS);
  t.notOk(readdirSync(program.folder).includes("backups"), "no copy is kept of nothing");

  program.addMigration(NEXT, ["create table half_done (id integer)", "insert into nowhere values (1)"]);
  await t.rejects(program.start(), /Migration 0002-next failed; the database is unchanged: .*nowhere/);
  t.same(queryFile(program.file, "select count(*) from sqlite_schema where name = 'half_done'"), [0]);
  t.same(queryFile(program.file, "select name from kysely_migration"), MIGRATIONS);

  const later = "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '')";
  new SQLite(program.file).exec(later).close();
  await t.rejects(program.start(), /made by a newer Poswatch .*9999-from-the-future.*"backups"/);

  rmSync(program.file);
  const old = `create table kysely_migration (name text primary key, timestamp text);
    insert into kysely_migration values ('0001-fleet', '');`;
  new SQLite(program.file).exec(old).close();
  await t.rejects(program.start(), /made by a Poswatch from before version 1\.0.*Move the data folder away/);
  const tables = queryFile(program.file, "select name from sqlite_schema where type = 'table'");
  t.same(tables, ["kysely_migration"]);
});

t.test("before a later migration a copy is kept that holds what was there", async (t) => {
  const program = await copyProgram(t);
  await program.start();
  const house =
    "insert into organization (name, name_sort, crm_id, created_at) values ('Вкусный дом', '', '1', 1)";
  new SQLite(program.file).exec(house).close();
  program.addMigration(NEXT, [
    "alter table organization add column note text",
    "alter table channel drop column failing_since",
    "alter table channel add column failing_since integer",
  ]);
  const folder = join(program.folder, "backups");
  mkdirSync(folder);
  const started = program.start();
  while (readdirSync(folder).length === 0) await setImmediate();
  t.same(readdirSync(folder), ["before-migration.part"], "it has its name once it is whole");
  t.same(await started, [NEXT]);
  const [copy = "", ...others] = readdirSync(folder);
  t.match(copy, /^[\d-]+T[\d-]+Z-before-0002-next\.db$/);
  t.same(others, []);
  t.same(queryFile(join(folder, copy), "select name from organization"), ["Вкусный дом"]);
  t.same(queryFile(join(folder, copy), "select name from kysely_migration"), MIGRATIONS);
  t.same(queryFile(program.file, "select note from organization"), [null]);
});

t.test("of the copies the newest five are kept, and whatever else is beside them", async (t) => {
  const program = await copyProgram(t);
  await program.start();
  const folder = join(program.folder, "backups");
  const others = ["2020-by-hand.db", "3-by-hand.db", "by-hand-1.db", "by-hand-2.db", "by-hand-3.db"];
  mkdirSync(folder);
  for (const file of others) writeFileSync(join(folder, file), "");
  for (let number = 2; number <= 8; number++) {
    program.addMigration(`000${number}-step`, [`create table step_${number} (id integer)`]);
    await program.start();
  }
  const copies = readdirSync(folder).map((file) => file.replace(/^.*-before-/, ""));
  t.same(copies.sort(), [...others, ...[4, 5, 6, 7, 8].map((number) => `000${number}-step.db`)].sort());
});
