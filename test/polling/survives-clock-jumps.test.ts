import t from "tap";
import { createMomentaryAbsences } from "../../src/monitor/polling/momentary-absence.ts";
import { createPoller } from "../../src/monitor/polling/poller.ts";
import { createSchedule, type Schedule } from "../../src/monitor/polling/schedule.ts";
import { createClock, START } from "../helpers/clock.ts";
import { startPoller } from "../helpers/poller.ts";

const INTERVAL_MS = 60_000;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const COUNT = 600;

/** A schedule that has run for a minute. */
function running(): Schedule {
  const schedule = createSchedule();
  const entries = Array.from({ length: COUNT }, (_, index) => ({
    id: index + 1,
    intervalMs: INTERVAL_MS,
    failedPolls: 0,
  }));
  schedule.setEntries(entries, START);
  run(schedule, 60, START);
  return schedule;
}

function run(schedule: Schedule, seconds: number, from: number): number[] {
  return Array.from({ length: seconds }, (_, second) => {
    const now = from + second * SECOND_MS;
    const taken = schedule.takeDue(now);
    for (const id of taken) schedule.finish(id, 0, now);
    return taken.length;
  });
}

for (const hours of [8, 1 / 120]) {
  t.test(`after a sleep of ${hours} hours the fleet is spread anew`, async (t) => {
    const schedule = running();
    const woken = START + INTERVAL_MS + hours * HOUR_MS;
    const perSecond = run(schedule, 62, woken);
    t.equal(perSecond[0], 0, "nothing at once");
    t.ok(Math.max(...perSecond) <= 30, `no storm: at most ${Math.max(...perSecond)} in a second`);
    t.ok(perSecond.reduce((sum, count) => sum + count) >= COUNT, "all within an interval");
    const later = run(schedule, 60, woken + 62 * SECOND_MS);
    t.equal(
      later.reduce((sum, count) => sum + count),
      COUNT,
      "and once each in the next",
    );
  });
}

for (const hours of [1, 24 * 365]) {
  t.test(`a clock set back by ${hours} hours delays nobody`, async (t) => {
    const schedule = running();
    const setBackTo = START + INTERVAL_MS - hours * HOUR_MS;
    const perSecond = run(schedule, 61, setBackTo);
    t.ok(perSecond.reduce((sum, count) => sum + count) >= COUNT, "all within an interval");
    t.ok(Math.max(...perSecond) <= 20, "evenly");
  });
}

t.test("one that was away while the clock was set back is polled an interval later", async (t) => {
  const schedule = createSchedule();
  schedule.setEntries([{ id: 1, intervalMs: INTERVAL_MS, failedPolls: 0 }], START);
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
    ...{ client, clock, monotonicClock, absences: createMomentaryAbsences(client.agents, monotonicClock) },
    ...{ db: app.database.db, fleet: app.fleet, secretBox: app.secretBox, log: app.log },
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
