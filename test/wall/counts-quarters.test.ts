import t, { type Test } from "tap";
import type { HistoryState } from "../../src/monitor/history/availability.ts";
import { QUARTER_MS } from "../../src/monitor/wall/screen/count-quarters.ts";
import { createQuartersReader, QUARTERS } from "../../src/monitor/wall/screen/quarters.ts";
import { DAY_MS, HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { createRandom } from "../helpers/random.ts";
import { addRow, changeRows } from "../helpers/rows.ts";

/** START is the beginning of a quarter: five minutes of it are over. */
const NOW = START + 5 * 60_000;
const FIRST = START - (QUARTERS - 1) * QUARTER_MS;
const PROBLEMS = ["sync_error", "service_stopped", "not_serving", "unreachable", "sync_stale"];

type History = [at: number, state: HistoryState][];

/** Gives a POS server a history, oldest first, that its status agrees with. */
async function remember({ db }: TestMonitor, id: number, history: History): Promise<void> {
  await db.deleteFrom("stateChange").where("posServerId", "=", id).execute();
  for (const [at, state] of history) await addRow(db, "stateChange", { posServerId: id, at, state });
  const fails = (state: string) => PROBLEMS.includes(state);
  const [, last] = history.at(-1) ?? [0, "pending"];
  const lastGood = history.findLastIndex(([, state]) => !fails(state));
  const lastBad = history.findLastIndex(([, state]) => fails(state));
  const status = {
    state: last === "parked" ? "synced" : last,
    problemSince: fails(last) ? (history[lastGood + 1]?.[0] ?? null) : null,
    recoveredAt: !fails(last) && lastBad >= 0 ? (history[lastBad + 1]?.[0] ?? null) : null,
  } as const;
  await changeRows(db, "posStatus", status, { posServerId: id });
}

/** A monitor that ran in these times, for longer than is looked at unless told. */
async function start(t: Test, ...runs: [from: number, to: number][]): Promise<TestMonitor> {
  const monitor = await startMonitor(t);
  const times = runs.length > 0 ? runs : [[NOW - 9 * DAY_MS, NOW + HOUR_MS] as const];
  for (const [startedAt, seenAt] of times) await addRow(monitor.db, "monitorRun", { startedAt, seenAt });
  return monitor;
}

/** The same by brute force: at which of the moments when it may change was it highest? */
function countByHand(histories: History[], quarter: number): number {
  const [from, to] = [FIRST + quarter * QUARTER_MS, Math.min(FIRST + (quarter + 1) * QUARTER_MS, NOW + 1)];
  const changes = histories.flat().map(([at]) => at);
  const moments = [from - 1, from, ...changes.filter((at) => at >= from && at < to)];
  return Math.max(
    ...moments.map((moment) => histories.filter((history) => isFailing(history, moment)).length),
  );
}

function isFailing(history: History, moment: number): boolean {
  const [, state = "pending"] = history.findLast(([at]) => at <= moment) ?? [];
  return PROBLEMS.includes(state);
}

for (const [what, minutes] of Object.entries({ "a day and more": 30 * 60, "an hour and a half": 90 })) {
  t.test(`any history of ${what} gives what is counted by hand`, async (t) => {
    const monitor = await start(t);
    const random = createRandom(151);
    const below = (limit: number) => Math.floor(random.next() * limit);
    const states = [...PROBLEMS, "synced", "synced", "update_required", "parked"] as HistoryState[];
    const histories: History[] = [];
    for (let number = 0; number < 40; number++) {
      const times = Array.from({ length: below(13) }, () => NOW - (1 + below(minutes)) * 60_000);
      const history = [...new Set(times)]
        .sort((one, other) => one - other)
        .map((at): History[number] => [at, random.pick(states) ?? "synced"]);
      histories.push(history);
      await remember(monitor, await monitor.addPosServer(), history);
    }
    const { counts, from } = await createQuartersReader(monitor.db)("all", NOW);
    t.equal(from, FIRST);
    const byHand = Array.from({ length: QUARTERS }, (_, quarter) => countByHand(histories, quarter));
    t.same(counts, byHand);
  });
}

t.test("only named organizations are counted", async (t) => {
  const monitor = await start(t);
  const [here, elsewhere] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const add = async (organizationId: number, ...history: History) =>
    await remember(monitor, await monitor.addPosServer({ organizationId }), history);
  await add(here, [FIRST + HOUR_MS, "sync_error"]);
  for (const since of [FIRST - DAY_MS, FIRST + HOUR_MS]) await add(elsewhere, [since, "sync_error"]);
  await add(elsewhere, [FIRST + HOUR_MS, "sync_error"], [NOW - 1, "synced"]);
  const read = createQuartersReader(monitor.db);
  t.same([...new Set((await read([here], NOW)).counts)], [0, 1]);
  t.same([...new Set((await read([elsewhere], NOW)).counts)], [1, 3]);
  t.same([...new Set((await read([], NOW)).counts)], [0]);
});

t.test("of what the monitor did not see nothing is said", async (t) => {
  const monitor = await start(t, [FIRST, FIRST + HOUR_MS + 60_000], [NOW - HOUR_MS, NOW]);
  await remember(monitor, await monitor.addPosServer(), [[FIRST - DAY_MS, "sync_error"]]);
  const { counts } = await createQuartersReader(monitor.db)("all", NOW);
  const known = counts.flatMap((count, index) => (count === null ? [] : [index]));
  t.same(known, [0, 1, 2, 3, 4, 91, 92, 93, 94, 95]);
});

t.test("quarters that are over are counted once, and anew when the next one is over", async (t) => {
  const monitor = await start(t);
  const id = await monitor.addPosServer();
  await remember(monitor, id, [[FIRST - DAY_MS, "synced"]]);
  const read = createQuartersReader(monitor.db);
  await read("all", NOW);
  await remember(monitor, id, [[FIRST + HOUR_MS, "sync_error"]]);
  t.equal((await read("all", NOW)).counts[50], 0);
  const later = await read("all", NOW + QUARTER_MS);
  t.equal(later.counts[50], 1);
  t.equal(later.from, FIRST + QUARTER_MS);
});

t.test("the quarter that goes on is counted anew after 15 seconds, whoever looks at it", async (t) => {
  const monitor = await start(t);
  const id = await monitor.addPosServer();
  await remember(monitor, id, [[FIRST - DAY_MS, "synced"]]);
  const read = createQuartersReader(monitor.db);
  const current = async (now: number) => (await read("all", now)).counts.at(-1);
  t.equal(await current(NOW), 0);
  await remember(monitor, id, [
    [FIRST - DAY_MS, "synced"],
    [NOW + 1, "sync_error"],
  ]);
  t.equal(await current(NOW + 14_999), 0);
  t.equal(await current(NOW + 15_000), 1);
  await remember(monitor, id, [[FIRST - DAY_MS, "synced"]]);
  t.equal(await current(NOW - 1), 0, "a clock that was set back keeps nothing for longer");
  t.equal(await current(START + QUARTER_MS), 0, "the next quarter is another one");
});
