import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { START } from "../helpers/clock.ts";
import { logLines } from "../helpers/log-lines.ts";
import { received } from "../helpers/outcomes.ts";
import { startPoller } from "../helpers/poller.ts";

t.test("stopping saves what it has, leaves what hangs and logs no error", async (t) => {
  const log = logLines();
  const hanging = new Set<number>();
  const monitor = await startPoller(
    t,
    ({ id }) => (hanging.has(id) ? new Promise(() => undefined) : received(monitor.clock())),
    { logStream: log.stream },
  );
  hanging.add(await monitor.addPosServer());
  const answered = await monitor.addPosServer();
  await monitor.tick();
  monitor.clock.advance(30_000);
  for (let second = 0; second < 15; second++) {
    monitor.clock.advance(1_000);
    await monitor.tick();
  }
  t.equal(monitor.client.calls.length, 2);

  await monitor.app.close(); // what hangs would never end
  t.ok(monitor.client.isClosed);
  t.same(log.ofLevel("error"), []);

  const { db } = openDatabase(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => db.destroy());
  const statuses = await db.selectFrom("posStatus").select(["posServerId", "state"]).execute();
  t.same(statuses, [
    { posServerId: 1, state: "pending" },
    { posServerId: answered, state: "synced" },
  ]);
});

t.test("nothing is polled once it is stopped", async (t) => {
  const monitor = await startPoller(t);
  await monitor.addPosServer();
  await monitor.app.poller.stop(100);
  await monitor.tick();
  t.equal(monitor.client.calls.length, 0);
});

t.test("a run is recorded each minute and at the stop, and begins anew after a silence", async (t) => {
  const { app, db, clock, dataDir } = await startPoller(t);
  const runsIn = (database: Db) =>
    database.selectFrom("monitorRun").select(["startedAt", "seenAt"]).orderBy("id").execute();
  const continueAfter = async (ms: number) => {
    clock.advance(ms);
    await app.continueRun();
    return await runsIn(db);
  };
  t.same(await runsIn(db), [], "not before it listens");
  await app.listen({ host: "127.0.0.1", port: 0 });
  t.same(await runsIn(db), [{ startedAt: START, seenAt: START }]);
  const first = { startedAt: START, seenAt: START + MINUTE_MS };
  t.same(await continueAfter(MINUTE_MS), [first]);
  const wokenAt = first.seenAt + HOUR_MS;
  t.same(await continueAfter(HOUR_MS), [first, { startedAt: wokenAt, seenAt: wokenAt }]);
  const startedAt = wokenAt - 2 * HOUR_MS;
  const runs = await continueAfter(-2 * HOUR_MS);
  t.same(runs, [first, { startedAt, seenAt: startedAt }], "none is of the future");
  t.same(await continueAfter(MINUTE_MS), [first, { startedAt, seenAt: startedAt + MINUTE_MS }]);
  clock.advance(7_000);
  await app.close();

  const again = openDatabase(join(dataDir, DATABASE_FILE));
  t.teardown(() => again.db.destroy());
  t.same(await runsIn(again.db), [first, { startedAt, seenAt: startedAt + 67_000 }]);
});
