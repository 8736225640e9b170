import t from "tap";
import type { PosServerState } from "../../src/monitor/fleet/state.ts";
import { measureAvailability, withoutFirstWait } from "../../src/monitor/history/availability.ts";
import { boundsOfMonth } from "../../src/monitor/pos-server/read-availability.ts";
import { startOfHours } from "../../src/monitor/pos-servers/hours.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";

/** An hour in four quarters, from 0 on, all of which the monitor ran, unless told. */
const BOUNDS = [0, 15, 30, 45, 60];
const ALWAYS = [{ from: -1_000, to: 60 }];

/** Transitions to these states. */
const went = (...steps: [at: number, state: PosServerState | "parked"][]) =>
  steps.map(([at, state]) => ({ at, state }));
const measure = (transitions: ReturnType<typeof went>, runs = ALWAYS, hasExchanged?: boolean) =>
  measureAvailability(transitions, runs, BOUNDS, hasExchanged);

t.test("a transition at the edge of a segment belongs to the one that it begins", async (t) => {
  const { segments, failures } = measure(
    went([0, "synced"], [30, "unreachable"], [45, "synced"], [60, "unreachable"]),
  );
  const times = segments.map(({ timeByState }) => timeByState);
  t.same(times, [{ synced: 15 }, { synced: 15 }, { unreachable: 15 }, { synced: 15 }]);
  t.equal(failures, 1, "what begins at the end is not there yet");
});

for (const state of ["parked", "pending", "unsupported"] as const) {
  t.test(`${state} is neither good nor bad`, async (t) => {
    const { share, failures, timeByState } = measure(went([0, "synced"], [15, state], [45, "sync_stale"]));
    t.equal(share, 0.5);
    t.equal(failures, 1);
    t.equal(timeByState[state], 30);
    t.equal(measure(went([0, state])).share, null);
  });
}

t.test("what was unknown all the time has no share, not a share of nothing", async (t) => {
  const shareOf = (state: "unreachable" | "sync_stale" | "sync_error", hasExchanged: boolean) =>
    measure(went([0, state]), ALWAYS, hasExchanged).share;
  t.equal(shareOf("unreachable", true), null);
  t.equal(shareOf("sync_stale", false), null, "no exchange was ever found in its log");
  t.equal(shareOf("sync_stale", true), 0);
  t.equal(shareOf("sync_error", false), 0);
  const transitions = went([0, "synced"], [15, "unreachable"]);
  t.equal(measure(transitions).share, 0.25, "what ceases to answer has failed");
  const outdated = measure(went([0, "update_required"]));
  t.match(outdated, { share: 1, failures: 0 }, "a required update is a working exchange");
});

t.test("nothing is known of the time before the first transition", async (t) => {
  const { segments, share } = measure(went([40, "synced"]));
  const times = segments.map(({ timeByState }) => timeByState);
  t.same(times, [{}, {}, { synced: 5 }, { synced: 15 }]);
  t.equal(share, 1);
  t.same(measure([]).share, null);
});

t.test("nothing is known of the time in which the monitor did not run", async (t) => {
  const { segments, failures, share } = measure(went([-50, "synced"], [10, "sync_error"], [50, "synced"]), [
    { from: -60, to: 20 },
    { from: 40, to: 55 },
  ]);
  t.same(
    segments.map(({ timeByState }) => timeByState),
    [{ synced: 10, sync_error: 5 }, { sync_error: 5 }, { sync_error: 5 }, { sync_error: 5, synced: 5 }],
  );
  t.equal(failures, 1, "a failure that goes on after the gap is the same");
  t.equal(share, 15 / 35);
});

t.test("a state of which the monitor saw nothing counts for nothing", async (t) => {
  const { failures, timeByState } = measure(went([-50, "sync_error"], [30, "synced"]), [
    { from: -60, to: -10 },
    { from: 30, to: 60 },
  ]);
  t.equal(failures, 0);
  t.same(timeByState, { synced: 30 });
});

t.test("runs that overlap count once", async (t) => {
  const runs = [
    { from: 0, to: 40 },
    { from: 10, to: 20 },
    { from: 30, to: 60 },
  ];
  t.same(measure(went([0, "synced"]), runs).timeByState, { synced: 60 });
});

t.test("a failure lasts until the exchange works; one from before counts", async (t) => {
  const transitions = went(
    [-90, "unreachable"],
    [-80, "synced"],
    [-50, "unreachable"],
    [5, "service_stopped"],
    [10, "sync_error"],
    [20, "synced"],
    [50, "sync_stale"],
  );
  t.match(measure(transitions), { failures: 2, share: 0.5 });
});

t.test("what was added and waited for until its first answer had not failed", async (t) => {
  const added = went([5, "pending"], [10, "unreachable"], [15, "synced"], [30, "unreachable"]);
  const waited = withoutFirstWait(added, 0);
  t.same(waited.map(({ state }) => state).join(" "), "pending pending synced unreachable");
  t.match(measure(waited), { failures: 1, share: 15 / 45 });
  t.same(withoutFirstWait(added, 5), added, "of one that was there before nobody knows what was earlier");
  t.same(
    withoutFirstWait(added.slice(0, 2), 0),
    added.slice(0, 2),
    "one that has never answered is not glossed over",
  );
});

const at = (iso: string) => Date.parse(iso);
const hours = (bounds: number[]) =>
  bounds.slice(1).map((bound, index) => (bound - (bounds[index] ?? 0)) / HOUR_MS);

t.test("hours and days are those of the viewer's clock, the last of which goes on", async (t) => {
  t.equal(startOfHours(at("2026-11-24T10:20:00Z")), at("2026-11-23T11:00:00Z"));
  t.equal(startOfHours(at("2026-11-24T10:00:00Z")), at("2026-11-23T10:00:00Z"), "no hour is empty");
  const bounds = boundsOfMonth(at("2026-11-24T22:30:00Z"), "Europe/Moscow");
  t.equal(bounds.length, 31);
  t.equal(bounds[0], at("2026-10-26T21:00:00Z"));
  t.same(hours(bounds), [...Array(29).fill(24), 1.5]);
  const atMidnight = boundsOfMonth(at("2026-11-24T21:00:00Z"), "Europe/Moscow");
  t.same(hours(atMidnight), Array(30).fill(24), "no day is empty");
});

t.test("days on which the clock is changed are longer or shorter", async (t) => {
  const autumn = boundsOfMonth(at("2026-10-26T12:00:00Z"), "Europe/Berlin");
  t.same(hours(autumn).slice(-3), [24, 25, 13]);
  const spring = boundsOfMonth(at("2026-03-30T12:00:00Z"), "Europe/Berlin");
  t.same(hours(spring).slice(-3), [24, 23, 14]);
  const withoutMidnight = boundsOfMonth(at("2026-09-07T12:00:00Z"), "America/Santiago");
  t.same(hours(withoutMidnight).slice(-3), [24, 23, 9], "the clock skips midnight there");
});
