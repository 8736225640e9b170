import t from "tap";
import { findCommonFailures } from "../../src/monitor/fleet/common-failure.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";

const MINUTE_MS = 60_000;

/** Adds POS servers that have once been healthy. */
async function addHealthy(monitor: TestMonitor, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    const id = await monitor.addPosServer();
    await monitor.report(id);
    ids.push(id);
  }
  return ids;
}

/** Lets each come into the same cause, so long after the one before. */
async function breakOneByOne(monitor: TestMonitor, ids: number[], everyMs: number): Promise<void> {
  for (const id of ids) {
    await monitor.report(id, { error: `Ошибка ${id}`, syncedAgoMs: 0 });
    monitor.clock.advance(everyMs);
  }
}

t.test("five POS servers within exactly ten minutes are a common failure, four are not", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addHealthy(monitor, 5);
  await breakOneByOne(monitor, ids.slice(0, 4), 2.5 * MINUTE_MS);
  t.same(await findCommonFailures(monitor.app.database.db), []);
  await breakOneByOne(monitor, ids.slice(4), 0);
  t.same(await findCommonFailures(monitor.app.database.db), [{ causeKey: "ошибка #", since: START }]);
});

t.test("over more than ten minutes they are not", async (t) => {
  const monitor = await startMonitor(t);
  await breakOneByOne(monitor, await addHealthy(monitor, 10), 2.5 * MINUTE_MS + 1);
  t.same(await findCommonFailures(monitor.app.database.db), []);
});

t.test("it began when the crowd began, not with a straggler long before", async (t) => {
  const monitor = await startMonitor(t);
  const [straggler = 0, ...crowd] = await addHealthy(monitor, 7);
  await breakOneByOne(monitor, [straggler], 60 * MINUTE_MS);
  await breakOneByOne(monitor, crowd, 1_000);
  t.match(await findCommonFailures(monitor.app.database.db), [{ since: START + 60 * MINUTE_MS }]);
});

t.test("2 % of a larger fleet are needed", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addHealthy(monitor, 301);
  await breakOneByOne(monitor, ids.slice(0, 6), 0);
  t.same(await findCommonFailures(monitor.app.database.db), [], "6 of 301");
  await breakOneByOne(monitor, ids.slice(6, 7), 0);
  t.equal((await findCommonFailures(monitor.app.database.db)).length, 1, "7 of 301");
});

t.test("parked ones and archived organizations do not count", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const organizationId = await monitor.addOrganization();
  const ids = await addHealthy(monitor, 6);
  await breakOneByOne(monitor, ids, 0);
  await db.updateTable("pos_server").set({ parked: 1 }).where("id", "in", ids.slice(0, 1)).execute();
  t.equal((await findCommonFailures(db)).length, 1);
  await db.updateTable("pos_server").set({ parked: 1 }).where("id", "in", ids.slice(0, 2)).execute();
  t.same(await findCommonFailures(db), []);
  await db.updateTable("pos_server").set({ parked: 0 }).execute();
  await db.updateTable("organization").set({ archived_at: 1 }).where("id", "=", organizationId).execute();
  t.same(await findCommonFailures(db), []);
});

t.test("of several the widest comes first", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addHealthy(monitor, 13);
  for (const id of ids.slice(0, 5)) await monitor.report(id, { error: "нет места на диске" });
  for (const id of ids.slice(5, 11)) await monitor.fail(id, "dns", `ENOTFOUND 10.0.0.${id}`);
  for (const id of ids.slice(11)) await monitor.report(id, { error: "что-то своё" });
  const causes = (await findCommonFailures(monitor.app.database.db)).map(({ causeKey }) => causeKey);
  t.same(causes, ["dns: enotfound #", "нет места на диске"]);
});

t.test("the first start of the monitor finds none in failures of long ago", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 6; index++) {
    const hoursAgo = (index + 1) * 60 * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "boom", syncedAgoMs: hoursAgo });
    await monitor.report(await monitor.addPosServer(), { error: "no exchange known", syncedAgoMs: null });
  }
  t.same(await findCommonFailures(monitor.app.database.db), []);
});

t.test("many that never answered have a common failure from when they were first asked", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 5; index++) {
    await monitor.fail(await monitor.addPosServer(), "connect_refused", `refused 10.0.0.${index}:8443`);
  }
  t.match(await findCommonFailures(monitor.app.database.db), [{ since: monitor.clock() }]);
});

t.test("the first start finds one when all exchanges broke off at once", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 5; index++) {
    const syncedAgoMs = 90 * MINUTE_MS + index * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "boom", syncedAgoMs });
  }
  t.same(await findCommonFailures(monitor.app.database.db), [
    { causeKey: "boom", since: START - 94 * MINUTE_MS },
  ]);
});
