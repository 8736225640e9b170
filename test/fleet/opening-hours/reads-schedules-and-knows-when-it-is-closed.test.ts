import t from "tap";
import { readHours, readWorks } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { closingAt } from "../../../src/monitor/fleet/opening-hours/schedule.ts";
import { hoursInWords, worksInWords } from "../../../src/monitor/fleet/opening-hours/schedule-in-words.ts";
import { translator } from "../../../src/monitor/viewer/language.ts";

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
  const monday = "2026-11-30T07:00";
  t.same(ask("2026-11-29T23:30"), ["hours", monday, monday], "in the night to Monday");
});

t.test("a day off lasts until the next day of work; a week without one never ends", async (t) => {
  const ask = asker("пн 10:00-12:00", "");
  t.same(ask("2026-11-23T10:00"), ["hours", "2026-11-30T07:00", "2026-11-30T07:00"]);
  t.same(asker("24/7", "")("2026-11-23T10:00")[0], null);
  t.same(asker("", "")("2026-11-23T10:00"), [null, null, null]);
  const followed = asker("пн 10:00-24:00; вт 00:00-05:00", "");
  t.same(followed("2026-11-23T12:00"), [null, null, "2026-11-24T02:00"], "hours that follow are one");
});

t.test("works close it too, and it opens when both are over", async (t) => {
  const ask = asker("ежедневно 10:00-23:00", "24.11.2026 22:00-03:00; ср 12:00-13:00");
  t.same(ask("2026-11-24T18:59"), [null, null, "2026-11-24T19:00"]);
  t.same(ask("2026-11-24T19:00"), ["works", "2026-11-25T07:00", "2026-11-25T00:00"], "works, then the night");
  t.same(ask("2026-11-25T00:00"), ["hours", "2026-11-25T07:00", "2026-11-25T07:00"]);
  t.same(ask("2026-11-25T09:30"), ["works", "2026-11-25T10:00", "2026-11-25T10:00"]);
});

t.test("what is known for the next days is looked for again after them", async (t) => {
  const closed = asker("", "00:00-24:00");
  t.same(closed("2026-11-24T10:00"), ["works", "2026-12-02T10:00", "2026-12-02T10:00"], "it never opens");
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
  const both = "2027-01-09T21:00";
  t.same(asker("", after)("2026-11-25T00:00"), ["works", both, both], "both are one");
  // The longest schedule there may be is understood.
  const times = Array.from({ length: 8 }, (_, hour) => `${hour * 2}:00-${hour * 2 + 1}:00`).join(", ");
  const ask = asker(times, `пн ${times}; 24.11.2026 00:00 - 24.11.2036 00:00`);
  t.equal(ask("2026-11-24T10:00")[0], "works");
});

const NOW = Date.parse("2026-11-24T11:00:00Z");
const MOSCOW = "Europe/Moscow";

t.test("opening hours are read as people write them, and written in one way", async (t) => {
  for (const [typed, ru, en] of [
    [
      "пн-пт 10:00-23:00; сб, вс 11:00-02:00",
      "пн–пт 10:00–23:00; сб, вс 11:00–02:00",
      "Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00",
    ],
    ["10-22", "ежедневно 10:00–22:00", "daily 10:00–22:00"],
    ["Ежедневно 10.00 — 22.30", "ежедневно 10:00–22:30", "daily 10:00–22:30"],
    [
      "Mon-Fri 9:00-18:00\nsat 10:00-16:00\nsun closed",
      "пн–пт 09:00–18:00; сб 10:00–16:00",
      "Mon–Fri 09:00–18:00; Sat 10:00–16:00",
    ],
    [
      "пн, ср, пт 10:00-14:00, 15:00-24:00",
      "пн, ср, пт 10:00–14:00, 15:00–24:00",
      "Mon, Wed, Fri 10:00–14:00, 15:00–24:00",
    ],
    ["сб-пн 12:00-20:00", "пн, сб, вс 12:00–20:00", "Mon, Sat, Sun 12:00–20:00"],
    ["24/7", "круглосуточно", "around the clock"],
    ["Круглосуточно", "круглосуточно", "around the clock"],
    ["вт и чт 0:00–0:00", "вт, чт 00:00–24:00", "Tue, Thu 00:00–24:00"],
    [
      "будни с 9 до 18; выходные 10-20",
      "пн–пт 09:00–18:00; сб, вс 10:00–20:00",
      "Mon–Fri 09:00–18:00; Sat, Sun 10:00–20:00",
    ],
    ["с 10:30 до 2", "ежедневно 10:30–02:00", "daily 10:30–02:00"],
  ] as const) {
    const read = readHours(typed);
    if (!read.ok || read.value === null) throw new Error(`not read: ${typed}`);
    t.equal(hoursInWords(translator("ru"), read.value), ru);
    t.equal(hoursInWords(translator("en"), read.value), en);
    for (const again of [ru, en]) t.same(readHours(again), read, `it is read again: ${again}`);
  }
  t.same(readHours("  \n "), { ok: true, value: null });
});

t.test("what is no opening hours is named", async (t) => {
  for (const [typed, part] of [
    ["пн-пт", "пн-пт"],
    ["с утра до вечера", "с утра до вечера"],
    ["пн-пт 10:00-25:00", "пн-пт 10:00-25:00"],
    ["10:00-22:00; сб 10:61-12:00", "сб 10:61-12:00"],
    ["пн-пт 10:00", "пн-пт 10:00"],
    ["пн-ср-пт 10:00-11:00", "пн-ср-пт 10:00-11:00"],
    ["вс выходной", "вс выходной"],
    ["01.12.2026 10:00-12:00", "01.12.2026 10:00-12:00"],
    ["24:00-25:00", "24:00-25:00"],
    ["10:00-10:00", "10:00-10:00"],
  ]) {
    t.same(readHours(typed ?? ""), { ok: false, problem: { code: "not_understood", part } });
  }
  t.same(readHours("10:00-22:00;".repeat(60)), { ok: false, problem: { code: "too_long" } });
});

t.test("planned works come every week or once", async (t) => {
  for (const [typed, written] of [
    ["вт 3:00-5:00", "вт 03:00–05:00"],
    ["01.12.2026 22:00-02:00; вт 3:00-5:00", "вт 03:00–05:00; 01.12.2026 22:00–02:00"],
    ["1.12 22:00 - 3.12 06:00", "01.12.2026 22:00 – 03.12.2026 06:00"],
    ["23.01 10:00-12:00", "23.01.2027 10:00–12:00"],
    ["24.11 10:00-14:30", "24.11.2026 10:00–14:30"],
    ["31.12 23:00 – 01.01 06:00", "31.12.2026 23:00–06:00"],
    ["03.12 10:00-12:00; 01.12 10:00-12:00", "01.12.2026 10:00–12:00; 03.12.2026 10:00–12:00"],
  ]) {
    const read = readWorks(typed ?? "", MOSCOW, NOW);
    if (!read.ok) throw new Error(`not read: ${typed}`);
    t.equal(worksInWords(translator("ru"), read.value), written);
    t.same(readWorks(written ?? "", MOSCOW, NOW), read);
  }
  t.same(readWorks("", MOSCOW, NOW), { ok: true, value: { weekly: [], once: [] } });
  const times = ["31.02.2026 10:00-12:00", "01.12.2026", "01.12 25:00-26:00", "01.12-03.12"];
  for (const typed of [...times, "вт", "вт выходной"])
    t.same(readWorks(typed, MOSCOW, NOW), { ok: false, problem: { code: "not_understood", part: typed } });
  for (const typed of ["01.12.2020 10:00-12:00", "23.11 10:00-12:00", "24.11.2026 10:00-14:00"])
    t.same(readWorks(typed, MOSCOW, NOW), { ok: false, problem: { code: "already_over", part: typed } });
  const backwards = "03.12.2026 10:00 - 01.12.2026 10:00";
  const problem = { code: "ends_before_it_begins", part: backwards };
  t.same(readWorks(backwards, MOSCOW, NOW), { ok: false, problem });
});
