import t from "tap";
import { boundsOfHours, boundsOfMonth } from "../../src/monitor/pos-servers/availability-bounds.ts";

const HOUR_MS = 3_600_000;
const at = (iso: string) => Date.parse(iso);
const hours = (bounds: number[]) =>
  bounds.slice(1).map((bound, index) => (bound - (bounds[index] ?? 0)) / HOUR_MS);

t.test("24 hours are those of the clock, the last of which goes on", async (t) => {
  const bounds = boundsOfHours(at("2026-11-24T10:20:00Z"));
  t.equal(bounds.length, 25);
  t.equal(bounds[0], at("2026-11-23T11:00:00Z"));
  t.equal(bounds[23], at("2026-11-24T10:00:00Z"));
  t.equal(bounds[24], at("2026-11-24T10:20:00Z"));
  t.equal(boundsOfHours(at("2026-11-24T10:00:00Z"))[23], at("2026-11-24T09:00:00Z"), "no hour is empty");
});

t.test("30 days are those of the viewer's calendar, the last of which goes on", async (t) => {
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
