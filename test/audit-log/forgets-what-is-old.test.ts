import { setImmediate as turn } from "node:timers/promises";
import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { keepCauses } from "../../src/monitor/fleet/kept-causes.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";

const ACTOR = { userId: null, login: "someone", name: null, address: "cli" };

t.test("events older than the setting are removed, and no others", async (t) => {
  const { db, clock } = await startMonitor(t);
  const cutOffAt = clock() - 365 * DAY_MS;
  await recordEvent(db, ACTOR, { action: "sign_in" }, cutOffAt - 1);
  await recordEvent(db, ACTOR, { action: "sign_out" }, cutOffAt);
  const { events, ...others } = await removeOldHistory(db, clock());
  t.equal(events, 1);
  t.ok(Object.values(others).every((count) => count === 0));
  t.same(await db.selectFrom("auditEvent").select("action").execute(), [{ action: "sign_out" }]);
});

t.test("of old transitions of a POS server the last before the cut-off stays, and its cause", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [first, second] = [await monitor.addPosServer(), await monitor.addPosServer()];
  await db.deleteFrom("stateChange").execute();
  const cutOffAt = monitor.clock() - 365 * DAY_MS;
  const change = (posServerId: number, at: number, detail: string | null = null) => {
    return { posServerId, at, state: "sync_error" as const, causeKey: null, detail };
  };
  const changes = [
    change(first, cutOffAt - 3, "removed"),
    change(first, cutOffAt - 2, "removed"),
    change(first, cutOffAt - 2, "kept"),
    change(first, cutOffAt),
    change(second, cutOffAt - 9, "kept"),
  ];
  const rows = await keepCauses(db, changes);
  await db.insertInto("stateChange").values(rows).execute();
  t.match(await removeOldHistory(db, monitor.clock()), { changes: 2, causes: 1 });
  t.match(await db.selectFrom("cause").select("detail").execute(), [{ detail: "kept" }]);
  const kept = await db.selectFrom("stateChange").select(["posServerId", "at"]).orderBy("id").execute();
  t.same(kept, [
    { posServerId: first, at: cutOffAt - 2 },
    { posServerId: first, at: cutOffAt },
    { posServerId: second, at: cutOffAt - 9 },
  ]);
  t.equal((await removeOldHistory(db, monitor.clock())).changes, 0);
});

t.test("what is removed of many goes in pieces, and others come in between", async (t) => {
  const monitor = await startMonitor(t);
  const { db, sqlite } = monitor.app.database;
  await monitor.addPosServer();
  const old = monitor.clock() - 400 * DAY_MS;
  const numbers =
    "from (with recursive n(n) as (select 1 union all select n + 1 from n where n < 700) select n from n)";
  sqlite.exec(`
    insert into pos_server (organization_id, name, name_sort, search_text, created_at)
      select 1, n, n, n, 0 ${numbers};
    insert into state_change (pos_server_id, at, state) select id, ${old} + n, 'synced' from pos_server,
      (select 1 as n union select 2 union select 3 union select 4);
    insert into audit_event (at, user_login, address, action, result) select ${old}, 'x', 'cli', 'sign_in', 'ok' ${numbers};
    insert into incident (kind, state, opened_at, joined_at, failing_since, closed_at)
      values ('common', 'sync_error', ${old}, ${old}, ${old}, ${old});
    insert into incident_member (incident_id, pos_server_id, organization_id, status, joined_at)
      select 1, id, 1, 'left', ${old} from pos_server;
    delete from incident_change;
    insert into log_request (pos_server_id, requested_at, user_login, user_address, from_at, to_at, max_bytes, status, finished_at)
      select 1, ${old}, 'x', 'cli', 0, 1, 1, 'done', ${old} ${numbers}`);
  const count = (table: string) => Number(sqlite.prepare(`select count(*) from ${table}`).pluck().get());
  const pieces = { state_change: 250, audit_event: 250, incident_member: 250, log_request: 50 };
  const before = new Map(Object.keys(pieces).map((table) => [table, count(table)]));
  const largest = new Map<string, number>();
  let isOver = false;
  const work = removeOldHistory(db, monitor.clock())
    .then(() => monitor.app.removeOldArchives())
    .finally(() => {
      isOver = true;
    });
  while (!isOver) {
    await turn();
    for (const [table, rows] of before) {
      const now = count(table);
      before.set(table, now);
      largest.set(table, Math.max(largest.get(table) ?? 0, rows - now));
    }
  }
  t.equal((await work).requests, 700);
  t.same(Object.fromEntries(largest), pieces);
  const left = { state_change: 702, audit_event: 0, incident_member: 0, log_request: 0 };
  t.same(Object.fromEntries(before), left);
  t.equal(count("incident_change"), 0, "nobody is told of an incident that goes");
});
