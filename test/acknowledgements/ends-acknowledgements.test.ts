import t, { type Test } from "tap";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { takeCare } from "../../src/monitor/restaurants/acknowledge.ts";
import { readAcknowledgements } from "../../src/monitor/restaurants/acknowledgements.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { DAY_MS, HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { runJob } from "../helpers/run-job.ts";

async function startTaken(t: Test, dataDir?: string) {
  const monitor = await startMonitor(t, dataDir ? { dataDir } : {});
  const { userId } = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  return {
    ...monitor,
    userId,
    async take(id: number, hours = 2) {
      const posServer = { kind: "posServer" as const, id, name: `POS ${id}`, organizationId: 1 };
      const actor = { userId, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };
      const now = monitor.clock();
      const terms = { endsAt: now + hours * HOUR_MS, note: null, insteadOf: null };
      t.equal(await takeCare(monitor.db, actor, posServer, terms, now), "done");
    },
    /** How the acknowledgements of a POS server ended, oldest first; null = it goes on. */
    async endsOf(id: number) {
      const rows = await monitor.db
        .selectFrom("acknowledgement")
        .select("endedBy as end")
        .where("posServerId", "=", id)
        .orderBy("id")
        .execute();
      return rows.map(({ end }) => end);
    },
  };
}

const endInTime = ({ app }: TestMonitor) => runJob(app, "acknowledgements");

t.test("it ends when the exchange works again, and with nothing else that is polled", async (t) => {
  const monitor = await startTaken(t);
  const { report, fail, take, endsOf } = monitor;
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const other = await monitor.addPosServer();
  for (const one of [id, other]) {
    await report(one, { error: "boom" });
    await take(one);
  }
  await report(id, { error: "another" });
  await fail(id);
  await report(id, { syncedAgoMs: HOUR_MS });
  t.same(await endsOf(id), [null], "one problem after another");
  await report(id);
  t.same([await endsOf(id), await endsOf(other)], [["exchange"], [null]]);
  t.match(await recordedEvents(monitor.db, "taking_end"), [
    {
      userId: null,
      address: "program",
      subject: "Тверская, 12",
      organizationId: 1,
      posServerId: id,
      detail: [{ key: "takingEnded", values: { name: "Анна Иванова", end: "exchange" } }],
    },
  ]);

  await take(id);
  await report(id);
  await report(id, { version: "34.0.12" });
  await report(id);
  t.same(await endsOf(id), ["exchange", null], "it has worked before: only its version changed");
  await report(id, { error: "boom" });
  await report(id, { version: "34.0.12" });
  t.same(await endsOf(id), ["exchange", "exchange"]);

  await report(id, { error: "boom" });
  await take(id);
  monitor.clock.advance(-DAY_MS);
  await endInTime(monitor);
  t.same((await endsOf(id)).at(-1), null, "a clock that was put back neither ends nor loses it");
  await report(id);
  await take(id);
  t.same(await endsOf(id), ["exchange", "exchange", "exchange", null]);
});

t.test("many that recover in one batch end with it, if the recovery is saved", async (t) => {
  const monitor = await startTaken(t);
  const { db } = monitor;
  const rules = await monitor.app.fleet.stateRules();
  const ids: number[] = [];
  for (let count = 0; count < 4; count++) {
    const id = await monitor.addPosServer();
    await monitor.report(id, { error: "boom" });
    await monitor.take(id);
    ids.push(id);
  }
  const recovery = ids.map((posServerId) => ({ posServerId, outcome: received(monitor.clock()) }));
  monitor.app.database.sqlite.exec(
    "create trigger refused before insert on state_change begin select raise(abort, 'no room'); end",
  );
  await t.rejects(savePollResults(db, recovery, rules));
  for (const id of ids) t.same(await monitor.endsOf(id), [null]);

  monitor.app.database.sqlite.exec("drop trigger refused");
  const [first = 0] = ids;
  // Within one batch it has recovered, whatever came after.
  const relapse = { posServerId: first, outcome: received(monitor.clock(), { error: "boom" }) };
  const last = { posServerId: ids[3] ?? 0, outcome: failed(monitor.clock()) };
  await savePollResults(db, [...recovery.slice(0, 3), relapse, last], rules);
  t.same(await Promise.all(ids.map(monitor.endsOf)), [["exchange"], ["exchange"], ["exchange"], [null]]);
  t.equal((await recordedEvents(db, "taking_end")).length, 3);
});

t.test("its time ends it, also when that passed while nothing ran, and once", async (t) => {
  const monitor = await startTaken(t);
  const short = await monitor.addPosServer();
  const long = await monitor.addPosServer();
  await monitor.take(short, 1);
  await monitor.take(long, 5);
  const endsAt = monitor.clock() + HOUR_MS;
  monitor.clock.advance(HOUR_MS - 1);
  await endInTime(monitor);
  t.same(await monitor.endsOf(short), [null], "not before");
  await monitor.app.close();

  const later = await startTaken(t, monitor.dataDir);
  later.clock.set(endsAt + 2 * HOUR_MS);
  const { db } = later;
  const goingOn = await readAcknowledgements(db, [short, long], later.clock());
  t.same([...goingOn.keys()], [long], "nobody waits for the job");
  await endInTime(later);
  await endInTime(later);
  t.same([await later.endsOf(short), await later.endsOf(long)], [["time"], [null]]);
  const { endedAt } = await readRow(db, "acknowledgement", { posServerId: short });
  t.equal(endedAt, endsAt, "when it was over, not when that was noticed");
  t.equal((await recordedEvents(db, "taking_end")).length, 1);
});

t.test("parking ends it, deleting takes it along", async (t) => {
  const monitor = await startTaken(t);
  const { db } = monitor;
  const parked = await monitor.addPosServer();
  const deleted = await monitor.addPosServer();
  for (const id of [parked, deleted]) await monitor.take(id);
  await setParked(db, parked, true, monitor.clock());
  await setParked(db, parked, false, monitor.clock());
  t.same(await monitor.endsOf(parked), ["parked"]);
  await db.deleteFrom("posServer").where("id", "=", deleted).execute();
  t.same(await monitor.endsOf(deleted), []);
});

t.test("whoever may no longer act no longer has it, for whatever reason", async (t) => {
  const monitor = await startTaken(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const here = await monitor.addOrganization();
  const id = await monitor.addPosServer({ organizationId: here });
  const elsewhere = await monitor.addPosServer({ organizationId: await monitor.addOrganization() });

  const take = async (isAdministrator = false) => {
    const person = await signedIn(monitor, { isAdministrator, organizations: isAdministrator ? [] : [here] });
    t.equal((await person.post(`/pos-servers/${id}/takings`, { until: "hour" })).statusCode, 303);
    return person.userId;
  };
  await monitor.take(elsewhere);
  await admin.post(`/users/${await take()}/blocking`, { blocked: "yes" });
  t.same(await monitor.endsOf(id), ["right"], "blocked");
  await admin.post(`/users/${await take()}/rights`, { step: "save" });
  t.same(await monitor.endsOf(id), ["right", "right"], "without the right");
  await admin.post(`/users/${await take(true)}/administration`, { administrator: "no" });
  t.same(await monitor.endsOf(id), ["right", "right", "right"], "no administrator any more");
  await take();
  await admin.post(`/organizations/${here}/archiving`, { archived: "1" });
  t.same((await monitor.endsOf(id)).length, 4);
  t.same((await monitor.endsOf(id)).at(-1), "right", "archived");
  t.same(await monitor.endsOf(elsewhere), [null], "nobody else's");

  await monitor.db.deleteFrom("user").where("id", "=", monitor.userId).execute();
  await endInTime(monitor);
  t.same(await monitor.endsOf(elsewhere), ["right"], "gone by whatever way");
});

t.test("what ended long ago is forgotten with the transitions", async (t) => {
  const monitor = await startTaken(t);
  const id = await monitor.addPosServer();
  await monitor.take(id, 1);
  monitor.clock.advance(HOUR_MS);
  await endInTime(monitor);
  await monitor.take(id, 2);
  monitor.clock.advance(365 * DAY_MS);
  t.equal((await removeOldHistory(monitor.db, monitor.clock())).acknowledgements, 0, "not yet");
  monitor.clock.advance(HOUR_MS);
  t.equal((await removeOldHistory(monitor.db, monitor.clock())).acknowledgements, 1);
  t.same(await monitor.endsOf(id), [null], "whatever still goes on stays");
});
