import t from "tap";
import {
  belongsTo,
  type CommonIncident,
  type CommonStep,
  type Crowd,
  commonStep,
  incidentOfCrowd,
  isSpreading,
} from "../../../src/monitor/fleet/incidents/common-step.ts";
import { findCrowds, readCrowdSize } from "../../../src/monitor/fleet/incidents/crowds.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { START } from "../../helpers/clock.ts";
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

t.test("five within exactly ten minutes are a crowd, four, or over more than those, are not", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 5);
  await breakOneByOne(monitor, ids.slice(0, 4), 2.5 * MINUTE_MS);
  t.same(await findThem(monitor), []);
  await breakOneByOne(monitor, ids.slice(4), 0);
  t.same(await findThem(monitor), [{ causeKey: "ошибка #", since: START }]);
  const slower = await startMonitor(t);
  await breakOneByOne(slower, await addExchanging(slower, 10), 2.5 * MINUTE_MS + 1);
  t.same(await findThem(slower), []);
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
  const ids = await addExchanging(monitor, 7);
  for (let count = ids.length; count < 301; count++) await monitor.addPosServer();
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
  t.same(causes, ["no_answer", "нет места на диске"]);
});

t.test("the first start finds many that broke off at once or never answered", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 6; index++) {
    const hoursAgo = (index + 1) * 60 * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "boom", syncedAgoMs: hoursAgo });
    await monitor.report(await monitor.addPosServer(), { error: "no exchange known", syncedAgoMs: null });
  }
  t.same(await findThem(monitor), [], "none in failures of long ago");
  for (let index = 0; index < 5; index++) {
    const syncedAgoMs = 90 * MINUTE_MS + index * MINUTE_MS;
    await monitor.report(await monitor.addPosServer(), { error: "bang", syncedAgoMs });
  }
  const broken = { causeKey: "bang", since: START - 94 * MINUTE_MS };
  t.same(await findThem(monitor), [broken]);
  for (let index = 0; index < 6; index++)
    await monitor.fail(await monitor.addPosServer(), "connect_refused", `refused 10.0.0.${index}:8443`);
  t.match(await findThem(monitor), [{ since: monitor.clock() }, broken], "many that never answered");
});

const minutesAgo = (minutes: number) => START - minutes * MINUTE_MS;
const CROWD: Crowd = { causeKey: "timeout", since: minutesAgo(2), posServers: 10, free: 10, incident: null };
const OPEN: CommonIncident = {
  id: 1,
  causeKey: "timeout",
  openedAt: minutesAgo(2),
  joinedAt: minutesAgo(1),
  failing: 8,
  closedAt: null,
  endedBy: null,
};
const closed = (minutes: number): CommonIncident => ({
  ...OPEN,
  closedAt: minutesAgo(minutes),
  endedBy: "recovered",
  failing: 0,
  joinedAt: minutesAgo(90),
});
const LEFT_OVER: CommonIncident = {
  ...OPEN,
  id: 7,
  openedAt: minutesAgo(600),
  joinedAt: minutesAgo(590),
  failing: 2,
};

const SAME: [what: string, incidents: CommonIncident[], id: number | null][] = [
  ["to the open one", [OPEN], 1],
  ["to the newer of two", [OPEN, LEFT_OVER], 1],
  ["to one that shrank below a crowd", [{ ...OPEN, failing: 1 }], 1],
  ["to none, where none is", [], null],
  ["to none with another cause", [{ ...OPEN, causeKey: "dns" }], null],
  ["not to what is left of an old one", [LEFT_OVER], null],
  ["not to one that is over", [closed(1)], null],
];

t.test("a crowd belongs to the open incident of its cause", async (t) => {
  for (const [what, incidents, id] of SAME) t.equal(incidentOfCrowd(CROWD, incidents)?.id ?? null, id, what);
});

const STEPS: [what: string, crowd: Partial<Crowd>, incidents: CommonIncident[], step: CommonStep][] = [
  ["opens one", {}, [], { do: "open" }],
  ["opens its own beside one with another cause", {}, [{ ...closed(1), causeKey: "dns" }], { do: "open" }],
  ["opens its own beside what is left of an old one", {}, [LEFT_OVER], { do: "open" }],
  ["opens one again that was over half an hour ago", {}, [closed(30)], { do: "reopen", incidentId: 1 }],
  ["opens its own after one that was over before", {}, [closed(31)], { do: "open" }],
  ["opens its own after one that was parked away", {}, [{ ...closed(1), endedBy: "parked" }], { do: "open" }],
  [
    "that mostly is another incident gives it its cause",
    { incident: { id: 4, posServers: 6 } },
    [],
    { do: "change_cause", incidentId: 4 },
  ],
  [
    "of which half is another incident opens its own",
    { free: 5, incident: { id: 4, posServers: 5 } },
    [],
    { do: "open" },
  ],
  [
    "of which most are in several others is left to them",
    { free: 4, incident: { id: 4, posServers: 3 } },
    [closed(1)],
    { do: "nothing" },
  ],
];

t.test("a crowd that belongs to none opens one, or takes one", async (t) => {
  for (const [what, crowd, incidents, step] of STEPS)
    t.same(commonStep({ ...CROWD, ...crowd }, incidents, 5, START), step, what);
});

t.test("who comes into an incident that spreads is not counted anew", async (t) => {
  t.ok(isSpreading(OPEN, 8, START));
  t.notOk(isSpreading(OPEN, 9, START), "it is no crowd any more");
  t.ok(isSpreading({ ...OPEN, joinedAt: minutesAgo(10) }, 8, START));
  t.notOk(isSpreading({ ...OPEN, joinedAt: minutesAgo(11) }, 8, START));
  t.notOk(isSpreading({ ...OPEN, closedAt: minutesAgo(0) }, 8, START));
});

const LATER: [
  what: string,
  causeSince: number | null,
  incident: Partial<CommonIncident>,
  crowdSince: number | null,
  belongs: boolean,
][] = [
  ["of its crowd", minutesAgo(1), {}, minutesAgo(2), true],
  ["before its crowd, long ago", minutesAgo(60), {}, minutesAgo(2), false],
  ["half an hour after the last", minutesAgo(0), { joinedAt: minutesAgo(30) }, null, true],
  ["more than half an hour after the last", minutesAgo(0), { joinedAt: minutesAgo(31) }, null, false],
  ["soon after the last, when few are left", minutesAgo(0), { failing: 4 }, null, false],
  ["of which nobody knows since when", null, {}, minutesAgo(2), false],
];

t.test("who comes into a cause later belongs to its incident for a while", async (t) => {
  for (const [what, causeSince, incident, crowdSince, belongs] of LATER)
    t.equal(belongsTo({ ...OPEN, ...incident }, { causeSince, crowdSince, enough: 5 }), belongs, what);
});
