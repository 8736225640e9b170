import t, { type Test } from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { writeOpeningHours } from "../../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { keepClosings } from "../../../src/monitor/fleet/opening-hours/keep-closings.ts";
import { readHours } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../../../src/monitor/fleet/opening-hours/schedule.ts";
import { savePollResults } from "../../../src/monitor/polling/save-results.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { deletePosServer } from "../../../src/monitor/registry/pos-servers.ts";
import { removeOldHistory } from "../../../src/monitor/remove-old-history.ts";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { START } from "../../helpers/clock.ts";
import { addExchanging } from "../../helpers/incidents.ts";
import { received } from "../../helpers/outcomes.ts";
import { moveTo } from "../../helpers/registry.ts";

const TIMEOUT = { error: "Превышено время ожидания", syncedAgoMs: 0 };

async function startWatched(t: Test, dataDir?: string) {
  const monitor = await startMonitor(t, dataDir ? { dataDir } : {});
  const { db } = monitor;
  const keep = async () => void (await keepIncidents(db, monitor.clock()));
  return {
    ...monitor,
    keep,
    addHealthy: (count: number) => addExchanging(monitor, count),
    async advance(minutes: number) {
      monitor.clock.advance(minutes * MINUTE_MS);
      await keep();
    },
    incidents: () =>
      db
        .selectFrom("incident")
        .leftJoin("cause", "cause.id", "causeId")
        .selectAll("incident")
        .select("causeKey")
        .orderBy("incident.id")
        .execute(),
    members: (incidentId: number) =>
      db
        .selectFrom("incidentMember")
        .selectAll()
        .where("incidentId", "=", incidentId)
        .orderBy("id")
        .execute(),
    async events() {
      const rows = await db.selectFrom("incidentEvent").select("kind").orderBy("id").execute();
      return rows.map(({ kind }) => kind);
    },
  };
}

t.test("trouble of one POS server is an incident from when it began until its exchange works", async (t) => {
  const monitor = await startWatched(t);
  const [id = 0] = await monitor.addHealthy(1);
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, TIMEOUT);
  t.match(await monitor.incidents(), [
    {
      kind: "single",
      posServerId: id,
      causeKey: "превышено время ожидания",
      openedAt: START + MINUTE_MS,
      closedAt: null,
      failing: 1,
      members: 1,
    },
  ]);
  await monitor.advance(2);
  await monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 3 * MINUTE_MS });
  t.match(await monitor.incidents(), [{ causeKey: "нет места на диске", reopenings: 0 }]);
  t.same(await monitor.events(), ["cause", "cause"], "with the one that it began with");
  await monitor.advance(1);
  await monitor.report(id);
  await monitor.advance(10);
  const closed = { closedAt: START + 4 * MINUTE_MS, endedBy: "recovered", failing: 0, members: 1 };
  t.match(await monitor.incidents(), [closed]);
});

t.test("many with one cause are one incident, whoever came before is a part of it", async (t) => {
  const monitor = await startWatched(t);
  const ids = await monitor.addHealthy(8);
  const [before = 0, ...others] = ids;
  await monitor.report(before, TIMEOUT);
  await monitor.advance(30);
  for (const id of others.slice(0, 4)) await monitor.report(id, TIMEOUT);
  t.equal((await monitor.incidents()).length, 5, "four are no crowd");
  await monitor.report(others[4] ?? 0, TIMEOUT);
  const since = monitor.clock();
  const [early, ...rest] = await monitor.incidents();
  t.match(early, { kind: "single", closedAt: null }, "trouble of long before stays what it was");
  const common = rest.at(-1);
  t.match(common, { kind: "common", openedAt: since, failing: 5, members: 5, closedAt: null });
  for (const part of rest.slice(0, -1))
    t.match(part, { kind: "single", endedBy: "joined", partOfId: common?.id, failing: 0 });
  await monitor.advance(20);
  await monitor.report(others[5] ?? 0, TIMEOUT);
  t.match((await monitor.incidents()).at(-1), { id: common?.id, failing: 6, members: 6 });
  for (const id of others) await monitor.report(id);
  const ended = { id: common?.id, failing: 0, members: 6, endedBy: "recovered" };
  t.match((await monitor.incidents()).at(-1), ended);
  t.same(await monitor.app.fleet.commonFailures(), []);

  await monitor.advance(20);
  for (const id of others.slice(0, 5)) await monitor.report(id, TIMEOUT);
  const again = { id: common?.id, closedAt: null, failing: 5, members: 6, reopenings: 1 };
  const [reopened] = (await monitor.incidents()).filter(({ kind }) => kind === "common");
  t.match(reopened, again, "many that come back within half an hour are the same");
});

t.test("an incident of many goes on with the cause that most of it come into", async (t) => {
  const monitor = await startWatched(t);
  const ids = await monitor.addHealthy(6);
  for (const id of ids) await monitor.report(id, TIMEOUT);
  await monitor.advance(2);
  for (const id of ids)
    await monitor.report(id, { error: "Сервер отказал в обмене", syncedAgoMs: 2 * MINUTE_MS });
  const common = (await monitor.incidents()).filter(({ kind }) => kind === "common");
  t.match(common, [{ causeKey: "сервер отказал в обмене", failing: 6, closedAt: null }]);
  t.equal(common.length, 1);
  t.same(await monitor.events(), ["cause", "cause"], "with the one that it began with");
  t.match(await monitor.app.fleet.commonFailures(), [{ causeKey: "сервер отказал в обмене", since: START }]);
});

t.test("what comes back within half an hour is the same incident, and flaps the second time", async (t) => {
  const monitor = await startWatched(t);
  const [id = 0] = await monitor.addHealthy(1);
  for (let time = 0; time < 2; time++) {
    await monitor.report(id, TIMEOUT);
    await monitor.advance(3);
    await monitor.report(id);
    t.match(await monitor.incidents(), [{ reopenings: time, endedBy: "recovered" }]);
    await monitor.advance(5);
  }
  await monitor.report(id, TIMEOUT);
  await monitor.advance(1);
  await monitor.report(id);
  const quietAt = monitor.clock();
  t.match(await monitor.incidents(), [{ reopenings: 2, failing: 0, closedAt: null }], "it flaps");
  await monitor.advance(29);
  t.match(await monitor.incidents(), [{ closedAt: null }]);
  await monitor.report(id);
  await monitor.advance(1);
  t.match(await monitor.incidents(), [{ closedAt: quietAt, endedBy: "recovered" }]);
  t.match(await monitor.members(1), [{ failures: 3, leftBy: "recovered" }]);
  await monitor.advance(31);
  await monitor.report(id, TIMEOUT);
  t.equal((await monitor.incidents()).length, 2, "another one, an hour later");
  t.same(await monitor.events(), ["reopened", "reopened"]);
});

t.test("parking, archiving and deletion end an incident otherwise than a recovery", async (t) => {
  const monitor = await startWatched(t);
  const { db } = monitor;
  const [parked = 0, deleted = 0] = await monitor.addHealthy(2);
  const organizationId = await monitor.addOrganization("Архив");
  const archived = await monitor.addPosServer({ organizationId });
  for (const id of [parked, deleted, archived])
    await monitor.report(id, { ...TIMEOUT, error: `беда ${"абвг"[id]}` });
  await setParked(db, parked, true, monitor.clock());
  await deletePosServer(db, { id: deleted, name: "Тверская, 2" }, monitor.clock());
  await setArchived(db, organizationId, 1);
  await monitor.keep();
  t.match(await monitor.incidents(), [
    { posServerId: parked, endedBy: "parked" },
    { posServerId: null, endedBy: "removed" },
    { posServerId: archived, endedBy: "archived" },
  ]);
  t.match(await monitor.members(2), [{ posServerId: null, posServerName: "Тверская, 2" }]);
  await setParked(db, parked, false, monitor.clock());
  await monitor.report(parked, TIMEOUT);
  t.match((await monitor.incidents()).at(-1), { posServerId: parked, closedAt: null, reopenings: 0 });
  t.equal((await monitor.incidents()).length, 4, "after parking it is another one");
});

t.test("a restaurant that closes takes its incident along, which goes on when it opens", async (t) => {
  const monitor = await startWatched(t);
  const [id = 0, works = 0] = await monitor.addHealthy(2);
  const rules = await monitor.app.fleet.stateRules();
  const hours = readHours("пн–вс 10:00–13:30");
  if (!hours.ok) throw new Error("the hours are not read");
  const openingHours = { timeZone: "Europe/Moscow", hours: hours.value, works: NO_WORKS };
  await writeOpeningHours(monitor.db, { posServerId: id }, openingHours);
  await monitor.fail(id, "connect_timeout");
  await monitor.report(works, TIMEOUT);
  const close = async () => {
    await keepClosings(monitor.db, rules, monitor.clock());
    await monitor.keep();
  };
  await monitor.advance(31);
  await close();
  t.match(await monitor.incidents(), [
    { posServerId: id, paused: 1, failing: 0, closedAt: null },
    { posServerId: works, failing: 1 },
  ]);
  await monitor.advance(20.5 * 60);
  await close();
  await monitor.fail(id, "connect_timeout");
  t.match(await monitor.incidents(), [{ posServerId: id, paused: 0, failing: 1, reopenings: 0 }, {}]);
  t.same(await monitor.events(), ["paused", "resumed"]);
  await monitor.report(id);
  t.match(await monitor.incidents(), [{ posServerId: id, endedBy: "recovered" }, {}]);
});

t.test("after an exchange that nobody saw, list and incident agree since when it fails", async (t) => {
  const monitor = await startWatched(t);
  const [well = 0, ill = 0] = await monitor.addHealthy(2);
  await monitor.report(ill, TIMEOUT);
  await monitor.advance(1);
  for (const id of [well, ill]) await monitor.fail(id, "connect_timeout");
  await monitor.advance(20);
  const failingSince = monitor.clock() - 2 * MINUTE_MS;
  for (const id of [well, ill]) await monitor.report(id, { ...TIMEOUT, syncedAgoMs: 2 * MINUTE_MS });
  const ages = await monitor.db.selectFrom("posStatus").select("problemSince").execute();
  t.same(ages, [{ problemSince: failingSince }, { problemSince: failingSince }]);
  const anew = { failingSince, reopenings: 1, silentSince: null };
  const ofIll = { ...anew, posServerId: ill, downMs: 19 * MINUTE_MS };
  t.match(await monitor.incidents(), [ofIll, { ...anew, posServerId: well, downMs: 18 * MINUTE_MS }]);
});

t.test("what happened while nobody looked is made up for after a restart", async (t) => {
  const first = await startWatched(t);
  const [failing = 0, recovers = 0, both = 0] = await first.addHealthy(3);
  await first.report(recovers, TIMEOUT);
  const save = async (id: number, reported?: Parameters<typeof received>[1]) =>
    await savePollResults(
      first.app.database.db,
      [{ posServerId: id, outcome: received(first.clock(), reported) }],
      await first.app.fleet.stateRules(),
    );
  await save(failing, { error: "беда а", syncedAgoMs: 0 });
  await save(recovers);
  await save(both, { error: "беда б", syncedAgoMs: 0 });
  await save(both);
  t.match(await first.incidents(), [{ posServerId: recovers, closedAt: null }], "nothing was kept");
  await first.app.close();
  const second = await startWatched(t, first.dataDir);
  second.clock.advance(8 * HOUR_MS);
  await second.keep();
  t.match(await second.incidents(), [
    { posServerId: recovers, endedBy: "recovered", closedAt: START },
    { posServerId: failing, closedAt: null, openedAt: START },
  ]);
  t.equal((await second.incidents()).length, 2, "what began and ended meanwhile is in the history alone");
});

t.test("a clock that is set back or forward neither opens nor closes anything by itself", async (t) => {
  const monitor = await startWatched(t);
  const [id = 0] = await monitor.addHealthy(1);
  await monitor.report(id, TIMEOUT);
  await monitor.advance(-90);
  await monitor.report(id, TIMEOUT);
  await monitor.advance(3 * 24 * 60);
  await monitor.report(id, TIMEOUT);
  t.match(await monitor.incidents(), [{ closedAt: null, reopenings: 0 }]);
  await monitor.advance(-90);
  await monitor.report(id);
  const [incident] = await monitor.incidents();
  t.match(incident, { endedBy: "recovered" });
  t.ok(Number(incident?.closedAt) >= Number(incident?.openedAt), "it did not end before it began");
});

t.test("hundreds that fail within a second are looked at in batches, and are one", async (t) => {
  const monitor = await startWatched(t);
  const { db } = monitor;
  const ids = await monitor.addHealthy(3);
  for (let index = ids.length; index < 501; index++) ids.push(await monitor.addPosServer());
  const rules = await monitor.app.fleet.stateRules();
  const results = ids.map((posServerId) => ({
    posServerId,
    outcome: received(START, { error: "Нет ответа" }),
  }));
  await savePollResults(db, results, rules);
  await monitor.keep();
  t.match(await monitor.incidents(), [{ kind: "common", failing: 501, members: 501 }]);
  t.equal((await monitor.incidents()).length, 1);
  t.same(await db.selectFrom("troubleChange").selectAll().execute(), []);
});

t.test("a POS server that moves takes what is counted of it along", async (t) => {
  const monitor = await startWatched(t);
  const [id = 0] = await monitor.addHealthy(1);
  const other = await monitor.addOrganization("Пекарня");
  await monitor.report(id, TIMEOUT);
  await moveTo(monitor, id, other);
  t.same(await monitor.db.selectFrom("incidentOrganization").selectAll().execute(), [
    { incidentId: 1, organizationId: other, failing: 1, paused: 0, members: 1 },
  ]);
});

t.test("what was over long ago is removed with its story, what is open stays", async (t) => {
  const monitor = await startWatched(t);
  const [over = 0, open = 0] = await monitor.addHealthy(2);
  await monitor.report(over, { error: "беда а" });
  await monitor.report(over, { error: "беда б" });
  await monitor.report(over);
  await monitor.report(open, { error: "беда в" });
  await monitor.advance(2 * 365 * 24 * 60);
  t.match(await removeOldHistory(monitor.db, monitor.clock()), { incidents: 1 });
  t.match(await monitor.incidents(), [{ posServerId: open }]);
  t.equal((await monitor.db.selectFrom("incidentMember").selectAll().execute()).length, 1);
  t.same(await monitor.events(), []);
});
