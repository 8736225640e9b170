import t from "tap";
import { createMomentaryAbsences } from "../../src/monitor/polling/momentary-absence.ts";
import { createPoller } from "../../src/monitor/polling/poller.ts";
import { createSchedule, type Schedule } from "../../src/monitor/polling/schedule.ts";
import { HOUR_MS, SECOND_MS } from "../../src/protocol/time-units.ts";
import { createClock, START } from "../helpers/clock.ts";
import { startPoller } from "../helpers/poller.ts";

const INTERVAL_MS = 60_000;

function scheduleOf(count: number, { intervalMs = INTERVAL_MS, failedPolls = 0 } = {}): Schedule {
  const schedule = createSchedule();
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  schedule.setEntries(entriesOf(ids, intervalMs, failedPolls), START);
  return schedule;
}

function entriesOf(ids: number[], intervalMs = INTERVAL_MS, failedPolls = 0) {
  return ids.map((id) => ({ id, intervalMs, failedPolls }));
}

/** Ticks every second and gives each back at once. @returns how many were taken in each second. */
function run(schedule: Schedule, seconds: number, from = START, failedPolls = 0): number[][] {
  return Array.from({ length: seconds }, (_, second) => {
    const now = from + second * SECOND_MS;
    const taken = schedule.takeDue(now);
    for (const id of taken) schedule.finish(id, failedPolls, now);
    return taken;
  });
}

t.test("a fleet is spread evenly over its interval, and stays so", async (t) => {
  const schedule = scheduleOf(600);
  const perSecond = run(schedule, 180);
  t.same(new Set(perSecond.map(({ length }) => length)), new Set([10]), "ten of 600 in each second");
  for (const minute of [0, 60, 120])
    t.equal(new Set(perSecond.slice(minute, minute + 60).flat()).size, 600, "each once in a minute");
});

t.test("one that is away is not taken again, and its missed polls are not made up for", async (t) => {
  const schedule = scheduleOf(1);
  t.same(schedule.takeDue(START), [1]);
  const seconds = Array.from({ length: 150 }, (_, index) => index + 1);
  const due = seconds.filter((second) => schedule.takeDue(START + second * SECOND_MS).length > 0);
  t.same(due, []);
  schedule.finish(1, 0, START + 150 * SECOND_MS);
  t.equal(schedule.dueAt(1), START + 3 * INTERVAL_MS, "a whole number of intervals later");
});

t.test("after 5 failed polls it backs off to 5 minutes, and comes back at the first success", async (t) => {
  const schedule = scheduleOf(1);
  let now = START;
  const pollAndFail = (failedPolls: number) => {
    t.same(schedule.takeDue(now), [1]);
    schedule.finish(1, failedPolls, now);
    const waitMs = schedule.dueAt(1) - now;
    for (let passed = SECOND_MS; passed < waitMs; passed += SECOND_MS) schedule.takeDue(now + passed);
    now += waitMs;
    return waitMs;
  };
  for (const failedPolls of [1, 2, 3, 4]) t.equal(pollAndFail(failedPolls), INTERVAL_MS);
  t.equal(pollAndFail(5), 2 * INTERVAL_MS, "those that fell silent together are asked in turn");
  t.equal(pollAndFail(6), 5 * INTERVAL_MS);
  t.equal(pollAndFail(0), INTERVAL_MS);
  t.equal(scheduleOf(1, { failedPolls: 50 }).dueAt(1), START, "a new one is polled at once");
  const slow = scheduleOf(1, { intervalMs: 10 * INTERVAL_MS });
  slow.takeDue(START);
  slow.finish(1, 9, START);
  t.equal(slow.dueAt(1), START + 10 * INTERVAL_MS, "a longer interval is kept");
});

t.test("one that has answered beside the schedule is due within its interval again", async (t) => {
  const schedule = scheduleOf(1);
  schedule.takeDue(START);
  for (const failedPolls of [5, 6]) schedule.finish(1, failedPolls, START);
  t.equal(schedule.dueAt(1), START + 5 * INTERVAL_MS);
  schedule.recover(1, START + INTERVAL_MS);
  t.equal(schedule.dueAt(1), START + 2 * INTERVAL_MS);
  t.equal(schedule.failedPolls(1), 0);
  t.same(run(schedule, 300, START + INTERVAL_MS).flat(), [1, 1, 1, 1], "once a minute from then on");
});

t.test("one made due is taken with the next tick", async (t) => {
  const schedule = scheduleOf(2);
  t.same(schedule.takeDue(START), [1]);
  schedule.makeDue(2, START);
  t.same(schedule.takeDue(START + SECOND_MS), [2]);
  schedule.finish(2, 0, START + SECOND_MS);
  const again = run(schedule, 60, START + 2 * SECOND_MS).flat();
  t.same(again, [2], "and once a minute from then on");
});

t.test("one that is away when it is hurried is due again as soon as it is given back, once", async (t) => {
  const schedule = scheduleOf(1);
  t.same(schedule.takeDue(START), [1]);
  schedule.makeDue(1, START);
  schedule.makeDue(1, START + SECOND_MS);
  t.same(schedule.takeDue(START + 2 * SECOND_MS), [], "never twice at once");
  schedule.finish(1, 9, START + 3 * SECOND_MS);
  t.same(schedule.takeDue(START + 3 * SECOND_MS), [1], "however often it failed");
  schedule.finish(1, 0, START + 4 * SECOND_MS);
  t.equal(schedule.dueAt(1), START + 3 * SECOND_MS + INTERVAL_MS, "and once a minute from then on");
});

t.test("the registry's changes are taken over", async (t) => {
  const schedule = scheduleOf(4);
  run(schedule, 60);
  const now = START + 60 * SECOND_MS;
  schedule.setEntries(entriesOf([1, 2, 9]), now);
  t.same(run(schedule, 60, now).flat().sort(), [1, 2, 9]);
});

const COUNT = 600;

/** A fleet that has been polled for a minute. */
function running(): Schedule {
  const schedule = scheduleOf(COUNT);
  run(schedule, 60);
  return schedule;
}

/** How many are polled in each second. */
const counts = (...running: Parameters<typeof run>) => run(...running).map(({ length }) => length);
const total = (perSecond: number[]) => perSecond.reduce((sum, count) => sum + count);

for (const hours of [8, 1 / 120]) {
  t.test(`after a sleep of ${hours} hours the fleet is spread anew`, async (t) => {
    const schedule = running();
    const woken = START + INTERVAL_MS + hours * HOUR_MS;
    const perSecond = counts(schedule, 62, woken);
    t.equal(perSecond[0], 0, "nothing at once");
    t.ok(Math.max(...perSecond) <= 30, `no storm: at most ${Math.max(...perSecond)} in a second`);
    t.ok(total(perSecond) >= COUNT, "all within an interval");
    t.equal(total(counts(schedule, 60, woken + 62 * SECOND_MS)), COUNT, "and once each in the next");
  });
}

for (const hours of [1, 24 * 365]) {
  t.test(`a clock set back by ${hours} hours delays nobody`, async (t) => {
    const schedule = running();
    const setBackTo = START + INTERVAL_MS - hours * HOUR_MS;
    const perSecond = counts(schedule, 61, setBackTo);
    t.ok(total(perSecond) >= COUNT, "all within an interval");
    t.ok(Math.max(...perSecond) <= 20, "evenly");
  });
}

t.test("one that was away while the clock was set back is polled an interval later", async (t) => {
  const schedule = scheduleOf(1);
  t.same(schedule.takeDue(START), [1]);
  const setBackTo = START - HOUR_MS;
  t.same(schedule.takeDue(setBackTo), []);
  schedule.finish(1, 0, setBackTo);
  t.equal(schedule.dueAt(1), setBackTo + INTERVAL_MS);
});

t.test("whether polls stand still is a matter of how long it really is since the last tick", async (t) => {
  const { app, client } = await startPoller(t);
  const clock = createClock();
  let monotonic = 0;
  const monotonicClock = () => monotonic;
  const poller = createPoller({
    client,
    clock,
    monotonicClock,
    absences: createMomentaryAbsences(client.agents, monotonicClock),
    db: app.database.db,
    fleet: app.fleet,
    secretBox: app.secretBox,
    log: app.log,
    ownNetwork: app.ownNetwork,
  });
  await poller.tick();
  for (const jumpMs of [24 * HOUR_MS, -48 * HOUR_MS]) {
    clock.advance(jumpMs);
    monotonic += SECOND_MS;
    t.equal(poller.stalledSince(), null, "a set clock is no reason");
  }
  monotonic += 61 * SECOND_MS;
  t.equal(poller.stalledSince(), clock() - 63 * SECOND_MS, "and none to say nothing");
  await poller.tick();
  t.equal(poller.stalledSince(), null);
});
