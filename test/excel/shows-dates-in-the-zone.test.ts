import t from "tap";
import { createSerialDates } from "../../src/monitor/excel/serial-dates.ts";
import { shownDate } from "../helpers/workbook.ts";

function shownIn(timeZone: string, ...times: string[]): string[] {
  const serialDate = createSerialDates(timeZone);
  return times.map((time) => shownDate(serialDate(new Date(time))));
}

t.test("a time is what the clock of the zone shows", async (t) => {
  t.same(shownIn("Europe/Moscow", "2026-11-24T10:00:59.999Z", "2011-03-27T00:30:00Z"), [
    "2026-11-24 13:00:59",
    "2011-03-27 04:30:00",
  ]);
  t.same(shownIn("Asia/Kathmandu", "2026-11-24T18:14:59Z", "2026-11-24T18:15:00Z"), [
    "2026-11-24 23:59:59",
    "2026-11-25 00:00:00",
  ]);
  t.same(shownIn("UTC", "1970-01-01T00:00:00Z", "2100-02-28T23:59:59Z"), [
    "1970-01-01 00:00:00",
    "2100-02-28 23:59:59",
  ]);
});

t.test("the clock skips an hour in spring and repeats one in autumn", async (t) => {
  t.same(shownIn("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"), [
    "2026-03-29 01:59:59",
    "2026-03-29 03:00:00",
  ]);
  t.same(shownIn("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"), [
    "2026-10-25 02:30:00",
    "2026-10-25 02:30:00",
    "2026-10-25 03:30:00",
  ]);
  // Right before and after a change at any minute.
  t.same(shownIn("Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-04T15:00:00Z"), [
    "2026-04-05 01:59:59",
    "2026-04-05 01:30:00",
  ]);
  t.same(shownIn("Asia/Gaza", "2010-03-26T22:01:00Z", "2010-03-26T22:00:59Z"), [
    "2010-03-27 01:01:00",
    "2010-03-27 00:00:59",
  ]);
});
