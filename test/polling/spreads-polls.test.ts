import t from "tap";
import { createSchedule, type Schedule } from "../../src/monitor/polling/schedule.ts";
import { START } from "../helpers/clock.ts";

const INTERVAL_MS = 60_000;
const SECOND_MS = 1_000;

function scheduleOf(count: number, { intervalMs = INTERVAL_MS, failedPolls = 0 } = {}): Schedule {
  const schedule = createSchedule();
  schedule.setEntries(entries(count, { intervalMs, failedPolls }), START);
  return schedule;
}

function entries(count: number, { intervalMs = INTERVAL_MS, failedPolls = 0 } = {}) {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, intervalMs, failedPolls }));
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
  const perSecond = run(schedule, 180).map(({ length }) => length);
  t.same(new Set(perSecond), new Set([10]), "ten of 600 in each second of a minute");
});

t.test("each is polled once in each interval", async (t) => {
  const schedule = scheduleOf(7);
  for (let minute = 0; minute < 3; minute++) {
    const taken = run(schedule, 60, START + minute * INTERVAL_MS).flat();
    t.same(taken.sort(), [1, 2, 3, 4, 5, 6, 7]);
  }
});

t.test("one that is away is not taken again, and its missed polls are not made up for", async (t) => {
  const schedule = scheduleOf(1);
  t.same(schedule.takeDue(START), [1]);
  const seconds = Array.from({ length: 150 }, (_, index) => index + 1);
  t.same(
    seconds.filter((second) => schedule.takeDue(START + second * SECOND_MS).length > 0),
    [],
  );
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
  t.equal(pollAndFail(5), 5 * INTERVAL_MS);
  t.equal(pollAndFail(6), 5 * INTERVAL_MS);
  t.equal(pollAndFail(0), INTERVAL_MS);
});

t.test("an interval longer than 5 minutes is kept when it fails", async (t) => {
  const schedule = scheduleOf(1, { intervalMs: 10 * INTERVAL_MS });
  schedule.takeDue(START);
  schedule.finish(1, 9, START);
  t.equal(schedule.dueAt(1), START + 10 * INTERVAL_MS);
});

t.test("one that has answered beside the schedule is due within its interval again", async (t) => {
  const schedule = scheduleOf(1);
  schedule.takeDue(START);
  schedule.finish(1, 5, START);
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

t.test("one made due during its poll is not taken again at its former time", async (t) => {
  const schedule = scheduleOf(2);
  schedule.takeDue(START);
  schedule.makeDue(2, START);
  t.same(schedule.takeDue(START + SECOND_MS), [2]);
  for (let second = 2; second < 60; second++) t.same(schedule.takeDue(START + second * SECOND_MS), []);
});

t.test("the registry's changes are taken over", async (t) => {
  const schedule = scheduleOf(4);
  run(schedule, 60);
  const now = START + 60 * SECOND_MS;
  schedule.setEntries([...entries(2), { id: 9, intervalMs: INTERVAL_MS, failedPolls: 0 }], now);
  t.same(run(schedule, 60, now).flat().sort(), [1, 2, 9]);
});

t.test("a shorter interval applies at once", async (t) => {
  const schedule = scheduleOf(1, { intervalMs: 3_600_000 });
  run(schedule, 1);
  schedule.setEntries(entries(1, { intervalMs: 30_000 }), START + SECOND_MS);
  t.equal(schedule.dueAt(1), START + SECOND_MS + 30_000);
});

t.test("a new one that failed before is polled within its first interval", async (t) => {
  t.equal(scheduleOf(1, { failedPolls: 50 }).dueAt(1), START);
});
