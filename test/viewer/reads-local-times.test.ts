import t from "tap";
import {
  dayEnd,
  dayStart,
  readDay,
  readLocalTime,
  writeLocalTime,
} from "../../src/monitor/viewer/local-time.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";

const at = (iso: string) => Date.parse(iso);

t.test("a time is read in the viewer's zone", async (t) => {
  t.equal(readLocalTime("2026-11-24T13:43", "Europe/Moscow", "first"), at("2026-11-24T10:43:00Z"));
  t.equal(readLocalTime("2026-11-24T13:43", "Asia/Vladivostok", "first"), at("2026-11-24T03:43:00Z"));
  t.equal(readLocalTime("2026-11-24T13:43", "Asia/Kolkata", "last"), at("2026-11-24T08:13:00Z"));
  t.equal(readLocalTime("2026-11-24T13:43:59", "Europe/Moscow", "last"), at("2026-11-24T10:43:00Z"));
  t.equal(readLocalTime("1980-05-06T07:08", "Europe/Moscow", "first"), at("1980-05-06T04:08:00Z"));
});

t.test("around a change of the clock a time is what it says, or as much later as was skipped", async (t) => {
  // Berlin went from 02:00 to 03:00 on 29 March 2026, Lord Howe from 02:00 to 02:30 on 4 October 2026.
  for (const occurrence of ["first", "last"] as const) {
    t.equal(readLocalTime("2026-03-29T02:30", "Europe/Berlin", occurrence), at("2026-03-29T01:30:00Z"));
    t.equal(readLocalTime("2026-10-04T02:10", "Australia/Lord_Howe", occurrence), at("2026-10-03T15:40:00Z"));
    t.equal(readLocalTime("2026-03-29T01:59", "Europe/Berlin", occurrence), at("2026-03-29T00:59:00Z"));
    t.equal(readLocalTime("2026-03-29T03:00", "Europe/Berlin", occurrence), at("2026-03-29T01:00:00Z"));
    t.equal(readLocalTime("2026-10-25T01:59", "Europe/Berlin", occurrence), at("2026-10-24T23:59:00Z"));
    t.equal(readLocalTime("2026-10-25T03:00", "Europe/Berlin", occurrence), at("2026-10-25T02:00:00Z"));
  }
  t.equal(writeLocalTime(at("2026-03-29T01:30:00Z"), "Europe/Berlin"), "2026-03-29T03:30");
  // What it showed twice is the first or the last, as wanted.
  t.equal(readLocalTime("2026-10-25T02:30", "Europe/Berlin", "first"), at("2026-10-25T00:30:00Z"));
  t.equal(readLocalTime("2026-10-25T02:30", "Europe/Berlin", "last"), at("2026-10-25T01:30:00Z"));
});

t.test("what is no time is none", async (t) => {
  const texts = [
    ...["", "24.11.2026 13:43", "2026-11-24", "2026-02-30T10:00", "2026-13-01T10:00", "2026-11-24T24:00"],
    ...["2026-11-24T10:60", "0000-01-01T00:00", "1969-12-31T23:59", "12026-11-24T10:00"],
    ...["2026-11-24T10:00Z", " 2026-11-24T10:00"],
  ];
  for (const text of texts) t.equal(readLocalTime(text, "Europe/Moscow", "first"), null, text);
});

t.test("a moment is written as the field shows it, and read back", async (t) => {
  for (const timeZone of ["UTC", "Europe/Moscow", "America/St_Johns", "Pacific/Kiritimati"]) {
    const written = writeLocalTime(at("2026-11-24T10:43:12.345Z"), timeZone);
    t.equal(readLocalTime(written, timeZone, "first"), at("2026-11-24T10:43:00Z"), `${timeZone} ${written}`);
  }
});

const iso = (at: number) => new Date(at).toISOString();

t.test("a day begins at its midnight in the zone, and is as long as the clock makes it", async (t) => {
  t.equal(iso(dayStart("2026-11-24", "Europe/Moscow")), "2026-11-23T21:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Pacific/Kiritimati")), "2026-11-23T10:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Pacific/Pago_Pago")), "2026-11-24T11:00:00.000Z");
  t.equal(iso(dayStart("2026-11-24", "Asia/Kathmandu")), "2026-11-23T18:15:00.000Z");
  const length = (day: string, zone: string) => (dayEnd(day, zone) - dayStart(day, zone)) / HOUR_MS;
  t.equal(length("2026-03-29", "Europe/Berlin"), 23);
  t.equal(length("2026-10-25", "Europe/Berlin"), 25);
  t.equal(length("2026-11-24", "Europe/Berlin"), 24);
  t.equal(iso(dayStart("2026-09-06", "America/Santiago")), "2026-09-06T04:00:00.000Z", "no midnight there");
});

t.test("only days of the calendar are days", async (t) => {
  t.equal(readDay("2028-02-29"), "2028-02-29");
  for (const text of ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "0001-01-01", "24.11.2026", ""]) {
    t.equal(readDay(text), null, text);
  }
});
