import t from "tap";
import { readHours, readWorks } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { hoursInWords, worksInWords } from "../../../src/monitor/fleet/opening-hours/schedule-in-words.ts";
import { translator } from "../../../src/monitor/viewer/language.ts";

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
  t.same(readWorks(backwards, MOSCOW, NOW), {
    ok: false,
    problem: { code: "ends_before_it_begins", part: backwards },
  });
});
