import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
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

t.test("a run is recorded from start to stop, and each minute", async (t) => {
  const monitor = await startPoller(t);
  const runs = () => monitor.db.selectFrom("monitorRun").select(["startedAt", "seenAt"]).execute();
  t.same(await runs(), [], "not before it listens");
  await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  t.same(await runs(), [{ startedAt: START, seenAt: START }]);
  monitor.clock.advance(60_000);
  await monitor.app.continueRun();
  t.same(await runs(), [{ startedAt: START, seenAt: START + 60_000 }]);
  monitor.clock.advance(7_000);
  await monitor.app.close();

  const again = openDatabase(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => again.db.destroy());
  const [run] = await again.db.selectFrom("monitorRun").selectAll().execute();
  t.match(run, { startedAt: START, seenAt: START + 67_000 });
});

t.test("a run begins anew after a silence, and never ends before it began", async (t) => {
  const monitor = await startPoller(t);
  const { db } = monitor;
  const runs = () => db.selectFrom("monitorRun").select(["startedAt", "seenAt"]).orderBy("id").execute();
  await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  const slept = { startedAt: START, seenAt: START };
  t.same(await runs(), [slept]);
  monitor.clock.advance(HOUR_MS);
  await monitor.app.continueRun();
  t.same(await runs(), [slept, { startedAt: START + HOUR_MS, seenAt: START + HOUR_MS }]);
  monitor.clock.advance(-2 * HOUR_MS);
  await monitor.app.continueRun();
  const setBack = { startedAt: START - HOUR_MS, seenAt: START - HOUR_MS };
  t.same(await runs(), [slept, setBack]);
  monitor.clock.advance(60_000);
  await monitor.app.continueRun();
  t.same(await runs(), [slept, { ...setBack, seenAt: START - HOUR_MS + 60_000 }]);
});
