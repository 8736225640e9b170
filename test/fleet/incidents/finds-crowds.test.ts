import t from "tap";
import { findCrowds, readCrowdSize } from "../../../src/monitor/fleet/incidents/crowds.ts";
import { setArchived } from "../../../src/monitor/organizations/registry/organizations.ts";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { MINUTE_MS, START } from "../../helpers/clock.ts";
import { addExchanging } from "../../helpers/incidents.ts";

async function findThem({ app: { database } }: TestMonitor) {
  return await findCrowds(database.db, await readCrowdSize(database.db));
}

/** Lets each come into the same cause, so long after the one before. */
async function breakOneByOne(monitor: TestMonitor, ids: number[], everyMs: number): Promise<void> {
  for (const id of ids) {
    await monitor.report(id, { error: `Ошибка ${id}`, syncedAgoMs: 0 });
    monitor.clock.advance(everyMs);
  }
}

t.test("five POS servers within exactly ten minutes are a crowd, four are not", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 5);
  await breakOneByOne(monitor, ids.slice(0, 4), 2.5 * MINUTE_MS);
  t.same(await findThem(monitor), []);
  await breakOneByOne(monitor, ids.slice(4), 0);
  t.same(await findThem(monitor), [{ causeKey: "ошибка #", since: START }]);
});

t.test("over more than ten minutes they are not", async (t) => {
  const monitor = await startMonitor(t);
  await breakOneByOne(monitor, await addExchanging(monitor, 10), 2.5 * MINUTE_MS + 1);
  t.same(await findThem(monitor), []);
});

t.test("it began when the crowd began, not with a straggler long before", async (t) => {
  const monitor = await startMonitor(t);
  const [straggler = 0, ...crowd] = await addExchanging(monitor, 7);
  await breakOneByOne(monitor, [straggler], 60 * MINUTE_MS);
  await breakOneByOne(monitor, crowd, 1_000);
  t.match(await findThem(monitor), [{ since: START + 60 * MINUTE_MS }]);
});

t.test("2 % of a larger fleet are needed", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 301);
  await breakOneByOne(monitor, ids.slice(0, 6), 0);
  t.same(await findThem(monitor), [], "6 of 301");
  await breakOneByOne(monitor, ids.slice(6, 7), 0);
  t.equal((await findThem(monitor)).length, 1, "7 of 301");
});

t.test("parked ones and archived organizations do not count", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const organizationId = await monitor.addOrganization();
  const ids = await addExchanging(monitor, 6);
  await breakOneByOne(monitor, ids, 0);
  await setArchived(db, organizationId, 1);
  t.same(await findThem(monitor), []);
  await setArchived(db, organizationId, null);
  const [first = 0, second = 0] = ids;
  await setParked(db, first, true, monitor.clock());
  t.equal((await findThem(monitor)).length, 1);
  await setParked(db, second, true, monitor.clock());
  t.same(await findThem(monitor), []);
});

t.test("of several the widest comes first", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 13);
  for (const id of ids.slice(0, 5)) await monitor.report(id, { error: "нет места на диске" });
  for (const id of ids.slice(5, 11)) await monitor.fail(id, "dns", `ENOTFOUND 10.0.0.${id}`);
  for (const id of ids.slice(11)) await monitor.report(id, { error: "что-то своё" });
  const causes = (await findThem(monitor)).map(({ causeKey }) => causeKey);
  t.same(causes, ["dns: enotfound #", "нет места на диске"]);
});

t.test("the first start of the monitor finds none in failures of long ago", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 6; index++) {
    const hoursAgo = (index + 1) * 60 * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "boom", syncedAgoMs: hoursAgo });
    await monitor.report(await monitor.addPosServer(), { error: "no exchange known", syncedAgoMs: null });
  }
  t.same(await findThem(monitor), []);
});

t.test("many that never answered are a crowd from when they were first asked", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 5; index++) {
    await monitor.fail(await monitor.addPosServer(), "connect_refused", `refused 10.0.0.${index}:8443`);
  }
  t.match(await findThem(monitor), [{ since: monitor.clock() }]);
});

t.test("the first start finds one when all exchanges broke off at once", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 5; index++) {
    const syncedAgoMs = 90 * MINUTE_MS + index * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "boom", syncedAgoMs });
  }
  t.same(await findThem(monitor), [{ causeKey: "boom", since: START - 94 * MINUTE_MS }]);
});
