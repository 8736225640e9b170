import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import type * as Migrate from "../../src/monitor/database/migrate.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import type * as Open from "../../src/monitor/database/open.ts";
import { findToken } from "../../src/monitor/people/tokens/stored-tokens.ts";
import { hashSecretToken, makeSecretToken } from "../../src/monitor/secrets/secret-token.ts";
import { queryFile } from "../helpers/backups.ts";
import { openBefore } from "../helpers/migrated-database.ts";

const ROOT = join(import.meta.dirname, "../..");
const MIGRATIONS = readdirSync(join(ROOT, "migrations"))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();
/** Those that may have run somewhere, which a database knows by these names; whoever adds one puts it here too. */
const KNOWN_TO_DATABASES = [
  "0001-fleet",
  "0002-users",
  "0003-log-requests",
  "0004-database-resets",
  "0005-audit-details",
  "0006-database-revision",
  "0007-repeated-events",
  "0008-pinned-identities",
  "0009-trouble",
  "0010-saved-views",
  "0011-parking",
  "0012-error-order",
  "0013-taking",
  "0014-quarantine-days",
  "0015-wall-tokens",
  "0016-exchange-after-start",
  "0017-unusable-patterns",
  "0018-checks",
  "0019-log-patterns",
  "0020-waiting-commands",
  "0021-enrolments",
  "0022-logs-found",
  "0023-unread-service",
  "0024-known-before",
  "0025-agent-updates",
  "0026-tags",
  "0027-opening-hours",
  "0028-incidents",
  "0029-network-outages",
  "0030-notifications",
  "0031-outlasting-silence",
  "0032-who-may-dial-in",
  "0033-failures-of-channels",
  "0034-what-follows-is-called",
  "0035-claims",
  "0036-terms-of-rules",
  "0037-evidence",
  "0038-traces",
  "0039-acknowledgements",
  "0040-ranks",
  "0041-awaited-computers",
  "0042-list-orders",
  "0043-packed-history",
  "0044-keys-of-deliveries",
  "0045-common-version",
  "0046-service-restarts",
  "0047-batches",
  "0048-requests-of-batches",
  "0049-log-excerpts",
  "0050-log-searches",
  "0051-past-ends",
  "0052-access-tokens",
  "0053-reports",
];
const NEXT = "9001-next";

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

t.test("a new database gets every migration once, and no copy is kept of nothing", async (t) => {
  const program = await copyProgram(t);
  t.same(await program.start(), MIGRATIONS);
  t.same(await program.start(), []);
  t.same(queryFile(program.file, "select name from kysely_migration"), MIGRATIONS);
  t.notOk(readdirSync(program.folder).includes("backups"));
});

t.test("none that has run somewhere is renamed, moved or taken away", async (t) => {
  t.same(MIGRATIONS, KNOWN_TO_DATABASES);
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
  t.same(await program.start(), [NEXT]);
  const [copy = "", ...others] = readdirSync(join(program.folder, "backups"));
  t.match(copy, /^[\d-]+T[\d-]+Z-before-9001-next\.db$/);
  t.same(others, []);
  t.same(queryFile(join(program.folder, "backups", copy), "select name from organization"), ["Вкусный дом"]);
  t.same(queryFile(join(program.folder, "backups", copy), "select name from kysely_migration"), MIGRATIONS);
  t.same(queryFile(program.file, "select note from organization"), [null]);
});

t.test("of the copies the newest five are kept, and whatever else is beside them", async (t) => {
  const program = await copyProgram(t);
  await program.start();
  const folder = join(program.folder, "backups");
  const others = ["2020-by-hand.db", "3-by-hand.db", "by-hand-1.db", "by-hand-2.db", "by-hand-3.db"];
  mkdirSync(folder);
  for (const file of others) writeFileSync(join(folder, file), "");
  for (let number = 1; number <= 7; number++) {
    program.addMigration(`900${number}-step`, [`create table step_${number} (id integer)`]);
    await program.start();
  }
  const copies = readdirSync(folder).map((file) => file.replace(/^.*-before-/, ""));
  t.same(copies.sort(), [...others, ...[3, 4, 5, 6, 7].map((number) => `900${number}-step.db`)].sort());
});

t.test("a migration that fails says which one and leaves the database as it was", async (t) => {
  const program = await copyProgram(t);
  await program.start();
  program.addMigration(NEXT, ["create table half_done (id integer)", "insert into nowhere values (1)"]);
  await t.rejects(program.start(), /Migration 9001-next failed; the database is unchanged: .*nowhere/);
  t.same(queryFile(program.file, "select count(*) from sqlite_schema where name = 'half_done'"), [0]);
  t.same(queryFile(program.file, "select name from kysely_migration"), MIGRATIONS);
});

t.test("a database that a newer program has made is refused with what to do", async (t) => {
  const program = await copyProgram(t);
  await program.start();
  const later = "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '')";
  new SQLite(program.file).exec(later).close();
  await t.rejects(program.start(), /made by a newer Poswatch .*9999-from-the-future.*"backups"/);
});

t.test("details of events that were recorded as text stay, beside those that are data", async (t) => {
  const database = await openBefore(t, "0005-audit-details");
  database.sqlite.exec(
    `insert into audit_event (at, user_login, address, action, result, detail)
     values (1, 'anna', 'cli', 'user_change', 'done', 'open → done')`,
  );
  await migrateDatabase(database);
  const [event] = await database.db.selectFrom("auditEvent").selectAll().execute();
  t.match(event, { detail: "open → done", detailParts: null });
});

t.test("rules that had a column for each of their terms say the same", async (t) => {
  const database = await openBefore(t, "0036-terms-of-rules");
  const { sqlite } = database;
  sqlite.exec(`
    insert into organization (id, name, name_sort, crm_id, created_at) values (3, 'a', 'a', '1', 1), (4, 'b', 'b', '2', 1);
    insert into channel (id, kind, name, settings, language, time_zone, created_at)
    values (1, 'webhook', 'a', '{}', 'ru', 'UTC', 1), (2, 'webhook', 'b', '{}', 'ru', 'UTC', 1);
    insert into telling_rule (id, channel_id, has_all_organizations, tags, states, after_ms, is_common_at_once,
      quiet_from, quiet_to, repeat_ms, escalate_ms, escalate_channel_id, created_at)
    values (1, 1, 1, '[]', '["sync_error"]', 600000, 1, null, null, null, null, null, 5),
      (2, 1, 0, '["Москва","24/7"]', '[]', 0, 0, 1380, 480, 60000, 120000, 2, 5),
      (3, 1, 0, '[]', '[]', 0, 0, null, null, null, 120000, null, 5);
    insert into telling_rule_organization (rule_id, organization_id) values (2, 4), (2, 3);
    insert into incident (id, kind, state, opened_at, joined_at, failing_since) values (1, 'single', 'sync_error', 1, 1, 1);
    insert into message (channel_id, incident_id, rule_id, says, told_at, alerted_at) values (1, 1, 2, 'failing', 1, 1)`);
  await migrateDatabase(database);
  const terms = sqlite.prepare("select terms from notification_rule order by id").pluck().all();
  t.same(
    terms.map((text) => JSON.parse(String(text))),
    [
      {
        organizations: "all",
        tags: [],
        states: ["sync_error"],
        afterMs: 600_000,
        isCommonAtOnce: true,
        quietHours: null,
        repeatMs: null,
        escalation: null,
      },
      {
        organizations: [3, 4],
        tags: ["Москва", "24/7"],
        states: [],
        afterMs: 0,
        isCommonAtOnce: false,
        quietHours: { from: 1_380, to: 480 },
        repeatMs: 60_000,
        escalation: { afterMs: 120_000, channelId: 2 },
      },
      {
        organizations: [],
        tags: [],
        states: [],
        afterMs: 0,
        isCommonAtOnce: false,
        quietHours: null,
        repeatMs: null,
        escalation: null,
      },
    ],
  );
  t.same(sqlite.prepare("select rule_id from message").pluck().all(), [2], "what was told knows its rule");
});

t.test("the outbox stays as it was when its keys lose their index", async (t) => {
  const database = await openBefore(t, "0044-keys-of-deliveries");
  const { sqlite } = database;
  sqlite.exec(`
    insert into channel (id, kind, name, settings, language, time_zone, created_at) values (1, 'webhook', 'a', '{}', 'ru', 'UTC', 1);
    insert into delivery (id, channel_id, about_channel_id, kind, key, queued_at, due_at, attempts, claimed_by, finished_at, outcome,
      failure_code, failure_detail, tried_at)
    values (7, 1, 1, 'channel', 'k', 1, 2, 3, 'run', 4, 'refused', 'recipient', 'no', 5)`);
  const read = () => sqlite.prepare("select * from delivery").all();
  const indexes = () =>
    sqlite
      .prepare(
        "select sql from sqlite_schema where type = 'index' and tbl_name = 'delivery' and sql is not null order by sql",
      )
      .pluck()
      .all();
  const [rows, before] = [read(), indexes()];
  await migrateDatabase(database);
  t.same(
    read(),
    rows.map((row) => Object.assign({}, row, { text: null })),
  );
  t.same(indexes(), before);
});

t.test("links to the wall open the same beside tokens of the API", async (t) => {
  const database = await openBefore(t, "0052-access-tokens");
  const { db, sqlite } = database;
  const [all, some] = [makeSecretToken(), makeSecretToken()];
  const hash = (token: string) => `x'${hashSecretToken(token).toString("hex")}'`;
  sqlite.exec(`
    insert into organization (id, name, name_sort, crm_id, created_at) values (3, 'a', 'a', '1', 1), (4, 'b', 'b', '2', 1);
    insert into wall_token (id, token_hash, name, has_all_organizations, language, time_zone, user_name, created_at, used_at)
    values (2, ${hash(all)}, 'Офис', 1, 'en', 'Asia/Omsk', 'Анна', 4, 6), (5, ${hash(some)}, 'Зал', 0, 'ru', 'UTC', 'Анна', 4, null);
    insert into wall_token_organization (wall_token_id, organization_id) values (5, 4), (5, 3)`);
  await migrateDatabase(database);
  t.match(await findToken(db, "wall", all), {
    id: 2,
    language: "en",
    timeZone: "Asia/Omsk",
    usedAt: 6,
    access: "all",
  });
  t.match(await findToken(db, "wall", some), { id: 5, access: [3, 4] });
  t.equal(await findToken(db, "api", all), null, "a link to the wall is no token of the API");
});
