import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { startMonitor } from "../helpers/app.ts";

const DAY_MS = 86_400_000;
const ACTOR = { userId: null, login: "someone", name: null, address: "cli" };

t.test("events older than the setting are removed, in several batches, and no others", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const now = monitor.clock();
  await db.transaction().execute(async (trx) => {
    for (let number = 0; number < 2_500; number++) {
      await recordEvent(trx, ACTOR, { action: "sign_in" }, now - 365 * DAY_MS - 1 - number);
    }
  });
  await recordEvent(db, ACTOR, { action: "sign_out" }, now - 365 * DAY_MS);
  t.same(await removeOldHistory(db, now), {
    events: 2_500,
    changes: 0,
    takings: 0,
    incidents: 0,
    deliveries: 0,
  });
  const kept = await db.selectFrom("audit_event").select("action").execute();
  t.same(kept, [{ action: "sign_out" }]);
});

t.test("of old transitions the last before the cut-off stays, for each POS server", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const [first, second] = [await monitor.addPosServer(), await monitor.addPosServer()];
  await db.deleteFrom("state_change").execute();
  const cutOffAt = monitor.clock() - 365 * DAY_MS;
  const change = (pos_server_id: number, at: number) => ({ pos_server_id, at, state: "synced" as const });
  const changes = [
    change(first, cutOffAt - 3),
    change(first, cutOffAt - 2),
    change(first, cutOffAt - 2),
    change(first, cutOffAt),
    change(second, cutOffAt - 9),
  ];
  await db.insertInto("state_change").values(changes).execute();
  t.equal((await removeOldHistory(db, monitor.clock())).changes, 2);
  const kept = await db.selectFrom("state_change").select(["pos_server_id", "at"]).orderBy("id").execute();
  t.same(kept, [
    { pos_server_id: first, at: cutOffAt - 2 },
    { pos_server_id: first, at: cutOffAt },
    { pos_server_id: second, at: cutOffAt - 9 },
  ]);
  t.equal((await removeOldHistory(db, monitor.clock())).changes, 0);
});
