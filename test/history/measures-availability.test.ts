import t from "tap";
import { measureAvailability, withoutFirstWait } from "../../src/monitor/history/availability.ts";
import { boundsOfMonth } from "../../src/monitor/pos-server/read-availability.ts";
import { startOfHours } from "../../src/monitor/pos-servers/hours.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";

/** An hour in four quarters, from 0 on, all of which the monitor ran, unless told. */
const BOUNDS = [0, 15, 30, 45, 60];
const ALWAYS = [{ from: -1_000, to: 60 }];

t.test("a transition at the edge of a segment belongs to the one that it begins", async (t) => {
  const { segments, failures } = measureAvailability(
    [
      { at: 0, state: "synced" },
      { at: 30, state: "unreachable" },
      { at: 45, state: "synced" },
      { at: 60, state: "unreachable" },
    ],
    ALWAYS,
    BOUNDS,
  );
  t.same(
    segments.map(({ timeByState }) => timeByState),
    [{ synced: 15 }, { synced: 15 }, { unreachable: 15 }, { synced: 15 }],
  );
  t.equal(failures, 1, "what begins at the end is not there yet");
});

for (const state of ["parked", "pending", "unsupported"] as const) {
  t.test(`${state} is neither good nor bad`, async (t) => {
    const { share, failures, timeByState } = measureAvailability(
      [
        { at: 0, state: "synced" },
        { at: 15, state },
        { at: 45, state: "sync_stale" },
      ],
      ALWAYS,
      BOUNDS,
    );
    t.equal(share, 0.5);
    t.equal(failures, 1);
    t.equal(timeByState[state], 30);
    t.equal(measureAvailability([{ at: 0, state }], ALWAYS, BOUNDS).share, null);
  });
}

t.test("what was unknown all the time has no share, not a share of nothing", async (t) => {
  const shareOf = (state: "unreachable" | "sync_stale" | "sync_error", hasExchanged: boolean) =>
    measureAvailability([{ at: 0, state }], ALWAYS, BOUNDS, hasExchanged).share;
  t.equal(shareOf("unreachable", true), null);
  t.equal(shareOf("sync_stale", false), null, "no exchange was ever found in its log");
  t.equal(shareOf("sync_stale", true), 0);
  t.equal(shareOf("sync_error", false), 0);
  const transitions = [
    { at: 0, state: "synced" as const },
    { at: 15, state: "unreachable" as const },
  ];
  t.equal(measureAvailability(transitions, ALWAYS, BOUNDS).share, 0.25, "what ceases to answer has failed");
  const outdated = measureAvailability([{ at: 0, state: "update_required" }], ALWAYS, BOUNDS);
  t.match(outdated, { share: 1, failures: 0 }, "a required update is a working exchange");
});

t.test("nothing is known of the time before the first transition", async (t) => {
  const { segments, share } = measureAvailability([{ at: 40, state: "synced" }], ALWAYS, BOUNDS);
  const times = segments.map(({ timeByState }) => timeByState);
  t.same(times, [{}, {}, { synced: 5 }, { synced: 15 }]);
  t.equal(share, 1);
  t.same(measureAvailability([], ALWAYS, BOUNDS).share, null);
});

t.test("nothing is known of the time in which the monitor did not run", async (t) => {
  const { segments, failures, share } = measureAvailability(
    [
      { at: -50, state: "synced" },
      { at: 10, state: "sync_error" },
      { at: 50, state: "synced" },
    ],
    [
      { from: -60, to: 20 },
      { from: 40, to: 55 },
    ],
    BOUNDS,
  );
  t.same(
    segments.map(({ timeByState }) => timeByState),
    [{ synced: 10, sync_error: 5 }, { sync_error: 5 }, { sync_error: 5 }, { sync_error: 5, synced: 5 }],
  );
  t.equal(failures, 1, "a failure that goes on after the gap is the same");
  t.equal(share, 15 / 35);
});

t.test("a state of which the monitor saw nothing counts for nothing", async (t) => {
  const { failures, timeByState } = measureAvailability(
    [
      { at: -50, state: "sync_error" },
      { at: 30, state: "synced" },
    ],
    [
      { from: -60, to: -10 },
      { from: 30, to: 60 },
    ],
    BOUNDS,
  );
  t.equal(failures, 0);
  t.same(timeByState, { synced: 30 });
});

t.test("runs that overlap count once", async (t) => {
  const runs = [
    { from: 0, to: 40 },
    { from: 10, to: 20 },
    { from: 30, to: 60 },
  ];
  t.same(measureAvailability([{ at: 0, state: "synced" }], runs, BOUNDS).timeByState, { synced: 60 });
});

t.test("a failure lasts until the exchange works; one from before counts", async (t) => {
  const transitions = [
    { at: -90, state: "unreachable" as const },
    { at: -80, state: "synced" as const },
    { at: -50, state: "unreachable" as const },
    { at: 5, state: "service_stopped" as const },
    { at: 10, state: "sync_error" as const },
    { at: 20, state: "synced" as const },
    { at: 50, state: "sync_stale" as const },
  ];
  t.match(measureAvailability(transitions, ALWAYS, BOUNDS), { failures: 2, share: 0.5 });
});

t.test("what was added and waited for until its first answer had not failed", async (t) => {
  const added = [
    { at: 5, state: "pending" as const },
    { at: 10, state: "unreachable" as const },
    { at: 15, state: "synced" as const },
    { at: 30, state: "unreachable" as const },
  ];
  const waited = withoutFirstWait(added, 0);
  t.same(waited.map(({ state }) => state).join(" "), "pending pending synced unreachable");
  t.match(measureAvailability(waited, ALWAYS, BOUNDS), { failures: 1, share: 15 / 45 });
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
