import t from "tap";
import { readHours, readWorks } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { closingAt } from "../../../src/monitor/fleet/opening-hours/schedule.ts";

/** What a schedule says of moments of the clock on the wall, in winter three hours ahead of UTC. */
function asker(hours: string, works: string, timeZone = "Europe/Moscow") {
  const readFor = readHours(hours);
  const readOf = readWorks(works, timeZone, Date.parse("2026-11-24T00:00:00Z"));
  if (!readFor.ok || !readOf.ok) throw new Error("the test has a schedule that cannot be read");
  const schedule = { timeZone, hours: readFor.value, works: readOf.value };
  return (utc: string) => {
    const { closedFor, closedUntil, validUntil } = closingAt(schedule, Date.parse(`${utc}Z`));
    const written = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 16));
    return [closedFor, written(closedUntil), written(validUntil)];
  };
}

t.test("outside its hours a restaurant is closed until they begin again", async (t) => {
  const ask = asker("пн-пт 10:00-23:00; сб, вс 11:00-02:00", "");
  t.same(ask("2026-11-24T06:59"), ["hours", "2026-11-24T07:00", "2026-11-24T07:00"], "Tuesday morning");
  t.same(ask("2026-11-24T07:00"), [null, null, "2026-11-24T20:00"]);
  t.same(ask("2026-11-24T20:00"), ["hours", "2026-11-25T07:00", "2026-11-25T07:00"]);
  t.same(ask("2026-11-28T22:59"), [null, null, "2026-11-28T23:00"], "in the night to Sunday");
  t.same(
    ask("2026-11-29T23:30"),
    ["hours", "2026-11-30T07:00", "2026-11-30T07:00"],
    "in the night to Monday",
  );
});

t.test("a day off lasts until the next day of work; a week without one never ends", async (t) => {
  const ask = asker("пн 10:00-12:00", "");
  t.same(ask("2026-11-23T10:00"), ["hours", "2026-11-30T07:00", "2026-11-30T07:00"]);
  t.same(asker("24/7", "")("2026-11-23T10:00")[0], null);
  t.same(asker("", "")("2026-11-23T10:00"), [null, null, null]);
});

t.test("hours that follow each other are one", async (t) => {
  const ask = asker("пн 10:00-24:00; вт 00:00-05:00", "");
  t.same(ask("2026-11-23T12:00"), [null, null, "2026-11-24T02:00"]);
});

t.test("works close it too, and it opens when both are over", async (t) => {
  const ask = asker("ежедневно 10:00-23:00", "24.11.2026 22:00-03:00; ср 12:00-13:00");
  t.same(ask("2026-11-24T18:59"), [null, null, "2026-11-24T19:00"]);
  t.same(ask("2026-11-24T19:00"), ["works", "2026-11-25T07:00", "2026-11-25T00:00"], "works, then the night");
  t.same(ask("2026-11-25T00:00"), ["hours", "2026-11-25T07:00", "2026-11-25T07:00"]);
  t.same(ask("2026-11-25T09:30"), ["works", "2026-11-25T10:00", "2026-11-25T10:00"]);
});

t.test("what never opens is closed for the next days at least", async (t) => {
  const ask = asker("", "00:00-24:00");
  t.same(ask("2026-11-24T10:00"), ["works", "2026-12-02T10:00", "2026-12-02T10:00"]);
});

t.test("works that are far away are looked for again before they begin", async (t) => {
  const ask = asker("", "24.01.2027 10:00-12:00");
  t.same(ask("2026-11-24T00:00"), [null, null, "2026-12-02T00:00"]);
  t.same(ask("2027-01-24T08:00"), ["works", "2027-01-24T09:00", "2027-01-24T09:00"]);
  t.same(ask("2027-01-24T09:00"), [null, null, null]);
});

t.test("the clock on the wall counts, also when it is changed", async (t) => {
  const ask = asker("ежедневно 01:00-02:30", "", "Europe/Berlin");
  // In the night to 25 October the hour from two to three comes twice; the first one counts.
  t.same(ask("2026-10-24T23:00"), [null, null, "2026-10-25T00:30"]);
  t.same(ask("2026-10-25T00:30"), ["hours", "2026-10-26T00:00", "2026-10-26T00:00"]);
  // In the night to 28 March half past two does not come: at three it is over.
  t.same(ask("2027-03-28T00:30"), [null, null, "2027-03-28T01:00"]);
  t.same(ask("2027-03-28T01:00"), ["hours", "2027-03-28T23:00", "2027-03-28T23:00"]);
  const works = asker("", "вс 02:30-05:00", "Europe/Berlin");
  t.same(works("2027-03-28T00:59"), [null, null, "2027-03-28T01:00"]);
  t.same(works("2027-03-28T01:00"), ["works", "2027-03-28T03:00", "2027-03-28T03:00"]);
});

t.test("works of weeks end when they end, or when the hours begin after them", async (t) => {
  const long = "25.11.2026 00:00 - 20.12.2026 03:00";
  t.same(asker("", long)("2026-11-25T00:00"), ["works", "2026-12-20T00:00", "2026-12-20T00:00"]);
  t.same(asker("10:00-22:00", long)("2026-11-25T00:00"), ["works", "2026-12-20T07:00", "2026-12-20T00:00"]);
  const after = `${long}; 20.12.2026 03:00 - 10.01.2027 00:00`;
  t.same(
    asker("", after)("2026-11-25T00:00"),
    ["works", "2027-01-09T21:00", "2027-01-09T21:00"],
    "both are one",
  );
});

t.test("the longest schedule there may be is understood", async (t) => {
  const times = Array.from({ length: 8 }, (_, hour) => `${hour * 2}:00-${hour * 2 + 1}:00`).join(", ");
  const ask = asker(times, `пн ${times}; 24.11.2026 00:00 - 24.11.2036 00:00`);
  t.equal(ask("2026-11-24T10:00")[0], "works");
});
