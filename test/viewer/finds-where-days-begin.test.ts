import t from "tap";
import { dayEnd, dayStart, readDay } from "../../src/monitor/viewer/local-days.ts";

const HOUR_MS = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

t.test("a day begins at its midnight in the zone", async (t) => {
  t.equal(iso(dayStart("2026-11-24", "Europe/Moscow")), "2026-11-23T21:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Pacific/Kiritimati")), "2026-11-23T10:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Pacific/Pago_Pago")), "2026-11-24T11:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Asia/Kathmandu")), "2026-11-23T18:15:00.000Z");
});

t.test("a day on which the clock changes is shorter or longer", async (t) => {
  const length = (day: string, zone: string) => (dayEnd(day, zone) - dayStart(day, zone)) / HOUR_MS;
  t.equal(length("2026-03-29", "Europe/Berlin"), 23);
  t.equal(length("2026-10-25", "Europe/Berlin"), 25);
  t.equal(length("2026-11-24", "Europe/Berlin"), 24);
});

t.test("where the clock skips midnight, the day begins after it", async (t) => {
  t.equal(iso(dayStart("2026-09-06", "America/Santiago")), "2026-09-06T04:00:00.000Z");
});

t.test("only days of the calendar are days", async (t) => {
  t.equal(readDay("2028-02-29"), "2028-02-29");
  for (const text of ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "0001-01-01", "24.11.2026", ""]) {
    t.equal(readDay(text), null, text);
  }
});
