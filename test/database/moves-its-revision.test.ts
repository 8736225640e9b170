import { join } from "node:path";
import type SQLite from "better-sqlite3";
import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { SEEN_AT_ONCE } from "../../src/monitor/database/revision.ts";
import { startMonitor } from "../helpers/app.ts";
import { addLogRequest } from "../helpers/log-archives.ts";
import { beginTestSession } from "../helpers/session.ts";

const wordsOf = (text: string) => text.trim().split(/\s+/);

/** What polls find, what is under way, what only its own pages show, and the numbers themselves. */
const SEEN_LATER = wordsOf(`
  agent_rollout agent_update audit_event batch batch_item cause database_reset_step database_revision
  delivery enrolment enrolment_code incident_change incident_event incident_member incident_organization
  invitation kysely_migration kysely_migration_lock log_archive log_excerpt log_pattern_delivery
  log_request log_search log_search_item message messenger_account messenger_code monitor_run
  notification_rule pos_check pos_status registry_revision report_subscription sqlite_sequence state_change
  state_count tag trouble_change
`);

/** What else triggers do: nothing that people are told follows from one. */
const OTHER_TRIGGERS = wordsOf(`
  audit_event_stays incident_member_counted incident_member_recounted incident_member_uncounted
  pos_server_moved pos_server_uncounted pos_status_counted pos_status_recounted
`);

const namesOf = (sqlite: SQLite.Database, type: "table" | "trigger") =>
  sqlite.prepare("select name from sqlite_schema where type = ? order by name").pluck().all(type);

/** Each change of a table that is in the list of the revision. */
const SEEN = Object.entries(SEEN_AT_ONCE).flatMap(([table, { after }]) =>
  (after ?? ["insert", "update", "delete"]).map((change) => ({ table, change })),
);

t.test("every table has a place in a list, and a start makes the triggers of its list alone", async (t) => {
  const { database } = (await startMonitor(t)).app;
  const { sqlite } = database;
  const tables = namesOf(sqlite, "table");
  t.same(tables, [...Object.keys(SEEN_AT_ONCE), ...SEEN_LATER].sort(), "of the revision, or of this test");
  const made = namesOf(sqlite, "trigger");
  const ofRevision = SEEN.map(({ table, change }) => `${table}_${change}_moves_revision`);
  t.same(made, [...ofRevision, ...OTHER_TRIGGERS].sort());
  const version = () => sqlite.pragma("schema_version", { simple: true });
  const before = version();
  await migrateDatabase(database);
  t.equal(version(), before, "once");
  sqlite.exec(`drop trigger setting_insert_moves_revision;
    create trigger tag_insert_moves_revision after insert on tag begin select 1; end`);
  await migrateDatabase(database);
  t.same(namesOf(sqlite, "trigger"), made);
});

t.test("whatever people decide moves it, also when another process saves it", async (t) => {
  const monitor = await startMonitor(t);
  const { database } = monitor.app;
  const other = openDatabase(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => other.db.destroy());
  await beginTestSession(database.db);
  await monitor.addPosServer();
  const changes = [
    "insert into organization (name, name_sort, crm_id, created_at) values ('y', 'y', '7', 1)",
    `insert into pos_server (id, organization_id, name, name_sort, search_text, created_at)
     values (2, 1, 'y', 'y', 'y', 1)`,
    `insert into user (login, name, name_sort, search_text, is_administrator, has_all_organizations, created_at)
     values ('boris', 'Boris', '', '', 0, 0, 1)`,
    "insert into opening_hours (organization_id, works) values (1, '{}')",
    "update opening_hours set works = '[]'",
    "delete from opening_hours",
    "insert into network_outage (began_at) values (1)",
    "update network_outage set ended_at = 2",
    "delete from network_outage",
    "insert into saved_view (user_id, name, url) values (1, 'x', '/')",
    "update saved_view set name = 'y'",
    "delete from saved_view",
    `insert into incident (kind, state, opened_at, joined_at, failing_since)
     values ('common', 'sync_error', 1, 1, 1)`,
    "update incident set closed_at = 2",
    `insert into setting (key, value) values ('minimumVersion', '"34"')`,
    `update setting set value = '"35"'`,
    "delete from setting",
    "update organization set name = 'x'",
    "update pos_server set parked = 1",
    "insert into parking (pos_server_id, parked_at) values (1, 1)",
    "update parking set reason = 'x'",
    "delete from parking",
    "insert into acknowledgement (pos_server_id, user_id, user_name, taken_at, ends_at) values (1, 1, 'anna', 1, 2)",
    "update acknowledgement set ended_at = 2",
    "delete from acknowledgement",
    "insert into restaurant_note (pos_server_id, phone, user_name, changed_at) values (1, '112', 'anna', 1)",
    "update restaurant_note set phone = '113'",
    "delete from restaurant_note",
    `insert into tag (id, name, name_search) values (1, 'x', 'x');
     insert into pos_server_tag (pos_server_id, tag_id) values (1, 1)`,
    "delete from pos_server_tag",
    "update user set is_blocked = 1",
    "insert into user_organization (user_id, organization_id) values (1, 1)",
    "update user_organization set user_id = 2",
    "delete from user_organization",
    `insert into access_token (kind, token_hash, name, ends_at, user_name, created_at)
     values ('wall', x'00', 'x', 2, 'Anna', 1)`,
    "delete from access_token",
    `insert into log_pattern_set (patterns, source_name, user_name, taught_at) values ('{}', 'x', 'Anna', 1)`,
    "update log_pattern_set set taken_back_at = 2",
    "delete from log_pattern_set",
    "delete from session",
    `insert into channel (kind, name, settings, language, time_zone, created_at)
     values ('webhook', 'x', '{}', 'ru', 'Europe/Moscow', 1)`,
    "update channel set failing_since = 2",
    "update channel set is_enabled = 0",
    "delete from channel",
    `insert into database_reset (pos_server_id, idempotency_key, requested_at, user_login, user_address,
      confirmation, identity, fetch_logs, start_service, step, step_at)
     values (1, 'a', 1, 'anna', '10.0.0.7', '100237', 'x', 0, 0, 'resetting', 1)`,
    "update database_reset set waits_since = 1",
    "update database_reset set step = 'awaiting_sync'",
    "update database_reset set finished_at = 1",
    "delete from database_reset",
    `insert into service_start (pos_server_id, idempotency_key, requested_at, user_login, user_address, status)
     values (1, 'b', 1, 'anna', '10.0.0.7', 'queued')`,
    "update service_start set waits_since = 1",
    "update service_start set status = 'running'",
    "update service_start set finished_at = 1",
    "delete from service_start",
    "delete from user",
    "delete from pos_server",
    "delete from organization",
  ];
  const unseen = changes.filter((change) => {
    const before = database.revision();
    other.sqlite.exec(change);
    return database.revision() === before;
  });
  t.same(unseen, []);
  const tried = changes.join(";").matchAll(/(insert|update|delete)(?: into| from)? (\w+)/g);
  const isTried = new Set([...tried].map(([, change, table]) => `${change} ${table}`));
  const untried = SEEN.filter(({ table, change }) => !isTried.has(`${change} ${table}`));
  t.same(untried, [], "the list above has all of them");
});

t.test("polls, claims, progress, the use of sessions and what is rolled back leave it alone", async (t) => {
  const monitor = await startMonitor(t);
  const { database } = monitor.app;
  const { sqlite, revision } = database;
  await beginTestSession(database.db);
  const id = await monitor.addPosServer();
  await addLogRequest(monitor, id);
  const before = revision();
  await monitor.report(id);
  await monitor.report(id, { error: "boom" });
  await monitor.fail(id);
  sqlite.exec("update log_request set received_bytes = 10, claimed_by = 'a run'");
  sqlite.exec("update session set seen_at = seen_at + 1");
  const anna = { userId: null, login: "anna", name: null, address: "10.0.0.7" };
  await recordEvent(database.db, anna, { action: "sign_in" }, 1);
  t.equal(revision(), before);

  const insert = (key: string) => sqlite.exec(`insert into setting (key, value) values ('${key}', '1')`);
  sqlite.exec("begin");
  insert("rolled back");
  const within = revision();
  sqlite.exec("rollback");
  t.equal(revision(), before);
  insert("saved");
  t.notOk([before, within].includes(revision()), "no later change is taken for what was rolled back");
});
