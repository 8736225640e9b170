import t from "tap";
import { createFormat } from "../../src/monitor/viewer/format.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";

const plain = (text: string) => text.replaceAll("\u00A0", " ");
const NOW = Date.parse("2026-11-24T10:00:00.000Z");

const AGES: [number, string][] = [
  [-5 * MINUTE_MS, "меньше 2 мин"],
  [0, "меньше 2 мин"],
  [2 * MINUTE_MS - 1, "меньше 2 мин"],
  [2 * MINUTE_MS, "меньше 10 мин"],
  [10 * MINUTE_MS - 1, "меньше 10 мин"],
  [10 * MINUTE_MS, "10 мин"],
  [59 * MINUTE_MS, "59 мин"],
  [HOUR_MS, "1 ч"],
  [2 * HOUR_MS + 41 * MINUTE_MS, "2 ч 41 мин"],
  [24 * HOUR_MS, "1 день"],
  [76 * HOUR_MS + 59 * MINUTE_MS, "3 дня 4 ч"],
  [11 * 24 * HOUR_MS, "11 дней"],
];

t.test("ages are in two steps below ten minutes and exact from there on", async (t) => {
  const format = createFormat("ru", "Europe/Moscow");
  for (const [ageMs, text] of AGES) {
    const age = format.age(NOW - ageMs, NOW);
    t.equal(plain(age.text), text);
    t.equal(age.at !== null, ageMs >= 10 * MINUTE_MS, `${text}: with its time only when it is exact`);
  }
  const english = (hours: number) => createFormat("en", "UTC").age(NOW - hours * HOUR_MS, NOW).text;
  t.equal(plain(english(28)), "1 day 4 h");
  t.equal(plain(english(21 * 24)), "21 days");
});

const LASTED: [number, string][] = [
  [-MINUTE_MS, "только что"],
  [MINUTE_MS - 1, "только что"],
  [MINUTE_MS, "1 мин"],
  [9 * MINUTE_MS, "9 мин"],
  [2 * HOUR_MS + 43 * MINUTE_MS, "2 ч 43 мин"],
  [28 * HOUR_MS + 59 * MINUTE_MS, "1 день 4 ч"],
  [72 * HOUR_MS, "3 дня"],
  [7 * 24 * HOUR_MS + 5 * HOUR_MS, "7 дней"],
];

t.test("how long something lasts is exact from a minute on, and in days from a week on", async (t) => {
  const format = createFormat("ru", "Europe/Moscow");
  for (const [ms, text] of LASTED) {
    const lasted = format.lasted(NOW - ms, NOW);
    t.equal(plain(lasted.text), text);
    t.equal(lasted.at.iso, new Date(NOW - ms).toISOString().replace(/\.\d+/, ""));
  }
});

t.test("durations are in seconds below a minute", async (t) => {
  const format = createFormat("en", "UTC");
  const durations = [0, 48_400, 59_900, 150_000, 59.6 * MINUTE_MS, 125 * MINUTE_MS, 1_500 * HOUR_MS];
  const texts = durations.map((ms) => plain(format.duration(ms)));
  t.same(texts, ["0 sec", "48 sec", "1 min", "3 min", "1 h", "2 h 5 min", "1,500 h"]);
});

t.test("a time of today is without its date, and as the clock on the wall shows it", async (t) => {
  const format = createFormat("ru", "Asia/Vladivostok");
  t.equal(format.clock(NOW, NOW), "20:00");
  t.equal(format.clock(NOW - 20 * HOUR_MS, NOW), "00:00");
  t.equal(format.clock(NOW - 20 * HOUR_MS - 1, NOW), "23.11 23:59");
  t.equal(format.clock(NOW - 365 * 24 * HOUR_MS, NOW), "24.11.2025 20:00");
  const { time } = createFormat("en", "Europe/Berlin");
  const change = Date.parse("2026-10-25T01:00:00Z");
  t.same([time(change - 1, NOW), time(change, NOW)], ["25.10 02:59", "25.10 02:00"]);
});

t.test("a size has three digits at most, and a part of it has its unit and as many decimals", async (t) => {
  const written = (part: number, whole: number) =>
    Object.values(createFormat("ru", "UTC").bytesOf(part, whole)).map(plain);
  const megabyte = 1024 ** 2;
  t.same(written(41.25 * megabyte, 64 * megabyte), ["41,3", "64,0 МБ"]);
  t.same(written(0, 64 * megabyte), ["0,0", "64,0 МБ"]);
  t.same(written(300 * megabyte, 1024 * megabyte), ["0,3", "1,0 ГБ"]);
  t.same(written(7, 900), ["7", "900 байт"]);
  t.same(written(0, 0), ["0", "0 байт"]);
  const sizes = [0, 1, 22, 999, 1000, 1023 * 1024, 1.5 * 1024 ** 3, 2000 * 1024 ** 4];
  const whole = sizes.map((size) => plain(createFormat("ru", "UTC").bytes(size)));
  t.same(whole, ["0 байт", "1 байт", "22 байта", "999 байт", "1 кБ", "1 МБ", "1,5 ГБ", "2 000 ТБ"]);
  t.equal(plain(createFormat("en", "UTC").bytes(27)), "27 bytes");
});
