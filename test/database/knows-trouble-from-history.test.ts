import type SQLite from "better-sqlite3";
import t from "tap";
import type { PosServerState } from "../../src/monitor/fleet/state.ts";
import { migrateTo, openBefore } from "../helpers/migrated-database.ts";

const rowsOf = (sqlite: SQLite.Database, query: string) => sqlite.prepare(query).raw().all();

t.test("an update finds in the history since when there is trouble, and who came out of it", async (t) => {
  const database = await openBefore(t, "0009-trouble");
  const { sqlite } = database;
  sqlite.exec("insert into organization (name, name_sort, crm_id, created_at) values ('o', 'o', '1', 0)");
  const HISTORIES: Record<string, { changes: Record<number, PosServerState>; expected: unknown[] }> = {
    "one problem after another": {
      changes: { 10: "synced", 20: "sync_error", 30: "unreachable" },
      expected: [20, null],
    },
    "a problem from the beginning": { changes: { 10: "sync_stale" }, expected: [10, null] },
    "a problem whose history is gone": { changes: {}, expected: [5, null] },
    "a recovery, and another state since": {
      changes: { 10: "service_stopped", 20: "synced", 30: "update_required" },
      expected: [null, 20],
    },
    "always healthy": { changes: { 10: "synced" }, expected: [null, null] },
  };
  const addPosServer = sqlite.prepare(
    "insert into pos_server (organization_id, name, name_sort, search_text, created_at) values (1, ?, '', '', 0)",
  );
  const addStatus = sqlite.prepare(
    "insert into pos_status (pos_server_id, state, state_since) values (?, ?, ?)",
  );
  const addChange = sqlite.prepare("insert into state_change (pos_server_id, state, at) values (?, ?, ?)");
  for (const [name, { changes }] of Object.entries(HISTORIES)) {
    const id = addPosServer.run(name).lastInsertRowid;
    const [since, state] = Object.entries(changes).at(-1) ?? [5, "unreachable"];
    addStatus.run(id, state, since);
    for (const [at, state] of Object.entries(changes)) addChange.run(id, state, at);
  }

  await migrateTo(database, (name) => name <= "0009-trouble");

  const found = rowsOf(sqlite, "select problem_since, recovered_at from pos_status order by pos_server_id");
  for (const [index, [name, { expected }]] of Object.entries(HISTORIES).entries())
    t.same(found[index], expected, name);
});

t.test("an update finds out who has ever exchanged, and of whom a service was told", async (t) => {
  const database = await openBefore(t, "0024-known-before");
  const { sqlite } = database;
  sqlite.exec(`
    insert into organization (name, name_sort, crm_id, created_at) values ('o', 'o', '1', 0);
    insert into pos_server (organization_id, name, name_sort, search_text, created_at)
    values (1, 'a', 'a', 'a', 0), (1, 'b', 'b', 'b', 0), (1, 'c', 'c', 'c', 0), (1, 'd', 'd', 'd', 0);
    insert into pos_status (pos_server_id, state, state_since, last_update_at, last_sync_at, service_state)
    values (1, 'sync_stale', 0, 9, 5, 'running'), (2, 'sync_stale', 0, 9, null, null), (3, 'synced', 0, 9, null, null),
      (4, 'sync_stale', 0, 9, null, null);
    insert into state_change (pos_server_id, at, state) values (2, 1, 'synced'), (4, 1, 'sync_stale');
  `);
  await migrateTo(database, (name) => name <= "0024-known-before");
  t.same(rowsOf(sqlite, "select has_exchanged, service_told_at from pos_status order by pos_server_id"), [
    [1, 9],
    [1, null],
    [1, null],
    [0, null],
  ]);
});

t.test("an update finds out what silent POS servers had before, and the age of each trouble", async (t) => {
  const database = await openBefore(t, "0031-outlasting-silence");
  const { sqlite } = database;
  sqlite.exec(`
    insert into organization (name, name_sort, crm_id, created_at) values ('o', 'o', '1', 0);
    insert into pos_server (organization_id, name, name_sort, search_text, created_at)
    values (1, 'a', 'a', 'a', 0), (1, 'b', 'b', 'b', 0), (1, 'c', 'c', 'c', 0), (1, 'd', 'd', 'd', 0);
    insert into pos_status (pos_server_id, state, state_since, problem_since, last_update_at, last_poll_at, failed_polls)
    values (1, 'unreachable', 30, 20, 29, 40, 9), (2, 'unreachable', 30, 30, 29, 40, 9),
      (3, 'sync_error', 25, 20, 40, 40, 0), (4, 'unreachable', 30, 30, null, 40, 9);
    insert into state_change (pos_server_id, at, state)
    values (1, 20, 'sync_error'), (1, 30, 'unreachable'), (2, 20, 'synced'), (2, 30, 'unreachable');
    insert into incident (kind, pos_server_id, state, opened_at, joined_at, failing_since) values ('single', 1, 'sync_error', 20, 20, 20);
    insert into incident_member (incident_id, pos_server_id, organization_id, status, joined_at) values (1, 1, 1, 'failing', 20);
  `);
  await migrateTo(database, (name) => name <= "0031-outlasting-silence");
  const told =
    "select state_since, silent_since, told_state, told_since from pos_status order by pos_server_id";
  t.same(rowsOf(sqlite, told), [
    [20, 30, "sync_error", 20],
    [30, 30, "synced", null],
    [20, null, "sync_error", 20],
    [30, 30, null, null],
  ]);
  sqlite.exec("update incident_member set status = 'suspended'");
  t.same(rowsOf(sqlite, "select failing, paused, members, cause_at from incident"), [[1, 0, 1, 20]]);
});
