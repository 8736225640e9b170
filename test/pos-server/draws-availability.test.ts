import t from "tap";
import type { HistoryState } from "../../src/monitor/history/availability.ts";
import { axisOfDay, axisOfDays } from "../../src/monitor/pos-server/availability-axis.ts";
import { pictureOf } from "../../src/monitor/pos-server/availability-model.ts";
import { boundsOfMonth } from "../../src/monitor/pos-server/read-availability.ts";

const at = (iso: string) => Date.parse(iso);
const spell = (id: number, state: HistoryState, from: number, to: number) => ({
  id,
  state,
  from,
  to,
  at: from,
});

t.test("each state stands where it was, as wide as it lasted; what is unknown is left free", async (t) => {
  const marksOf = (to: number, ...spells: ReturnType<typeof spell>[]) =>
    pictureOf(spells, { from: 0, to }).marks;
  const { spans, marks } = pictureOf(
    [spell(1, "synced", 0, 5_000), spell(2, "sync_error", 5_000, 7_500), spell(3, "parked", 8_000, 10_000)],
    { from: 0, to: 10_000 },
  );
  t.match(spans, [
    { state: "synced", x: 0, width: 50 },
    { state: "parked", x: 80, width: 20 },
  ]);
  t.match(marks, [{ state: "sync_error", x: 50, width: 25, id: 2, failures: 1 }]);

  const moment = spell(2, "unreachable", 43_200_000, 43_260_000);
  const ofDay = marksOf(86_400_000, spell(1, "synced", 0, 43_200_000), moment);
  t.match(ofDay, [{ x: 50, width: 0.069, id: 2 }], "a failure of a moment is not one of the whole hour");

  const inParts = marksOf(10_000, spell(1, "sync_error", 0, 3_000), spell(1, "sync_error", 6_000, 10_000));
  const expected = [
    { x: 0, width: 30 },
    { x: 60, width: 40 },
  ];
  t.match(inParts, expected, "two parts, between which the monitor did not run");

  t.match(marksOf(10_000, spell(1, "sync_error", 0, 5_000), spell(2, "unreachable", 5_000, 10_000)), [
    { state: "sync_error", x: 0, width: 50 },
    { state: "unreachable", x: 50, width: 50 },
  ]);
});

t.test("failures that could not be told apart are one mark in the worst of their colours", async (t) => {
  const spells = [0, 1, 2].flatMap((index) => {
    const start = 500_000 + index * 200;
    const state = index === 1 ? "sync_error" : "unreachable";
    return [spell(index, state, start, start + 100), spell(10 + index, "synced", start + 100, start + 200)];
  });
  const period = { from: 0, to: 1_000_000 };
  const { marks } = pictureOf([...spells, spell(20, "sync_stale", 700_000, 700_100)], period);
  t.match(marks, [
    { state: "sync_error", failures: 3, id: 0, spell: { from: 500_000, to: 500_500 } },
    { state: "sync_stale", failures: 1, id: 20 },
  ]);
  t.equal(marks.length, 2);
});

t.test("the axis of a day has every third hour of the viewer's clock, and the day at midnight", async (t) => {
  const span = { from: at("2026-11-23T10:24:00Z"), to: at("2026-11-24T10:24:00Z") };
  const moscow = axisOfDay(span, "Europe/Moscow");
  t.same(
    moscow.map(({ text }) => text),
    ["15:00", "18:00", "21:00", "24.11", "03:00", "06:00", "09:00", "12:00"].slice(0, moscow.length),
  );
  t.match(moscow[3], { text: "24.11", isStrong: true, x: 44.167 });
  t.equal(axisOfDay(span, "Asia/Kolkata")[0]?.x, 8.75, "zones of half an hour have hours of their own");
  const autumn = { from: at("2026-10-24T22:00:00Z"), to: at("2026-10-25T23:00:00Z") };
  const expected = [
    { text: "25.10", x: 0 },
    { text: "03:00", x: 16 },
    { text: "06:00", x: 28 },
  ];
  t.match(axisOfDay(autumn, "Europe/Berlin").slice(0, 3), expected, "the night is an hour longer");
});

t.test("the axis of 30 days has each day in its middle, with its month where one begins", async (t) => {
  const labelsAt = (now: string) => axisOfDays(boundsOfMonth(at(now), "Europe/Moscow"), "Europe/Moscow");
  const labels = labelsAt("2026-11-24T20:30:00Z");
  t.equal(labels.length, 30);
  const strong = labels.filter(({ isStrong }) => isStrong).map(({ text }) => text);
  t.same(strong, ["26.10", "01.11"]);
  t.match(labels[1], { text: "27", x: 5.003, end: null });
  t.match(labels[0], { text: "26.10", x: 0, end: "first" });
  t.match(labels.at(-1), { text: "24", x: 100, end: "last" });

  // A month that begins on the second day is said there alone, where both would touch.
  const fromMonthEnd = labelsAt("2026-11-29T19:00:00Z");
  t.match(fromMonthEnd.slice(0, 2), [
    { text: "31", isStrong: false },
    { text: "01.11", isStrong: true },
  ]);
  // A day that has just begun has no label, which would stand over the one before.
  const last = labelsAt("2026-11-24T21:41:00Z").at(-1);
  t.match(last, { text: "24", end: null });
  t.ok((last?.x ?? 100) < 99);
});

t.test("on a phone no hour stands at «сейчас», which begins at 84 %", async (t) => {
  for (let minute = 0; minute < 360; minute += 1) {
    const to = at("2026-11-24T06:00:00Z") + minute * 60_000;
    const day = axisOfDay({ from: to - 24 * 3_600_000, to }, "Europe/Moscow");
    const shown = day.filter(({ isMinor }) => !isMinor);
    t.ok((shown.at(-1)?.x ?? 0) <= 76, `${minute}`);
  }

  // An hour at the very beginning stands within the bar.
  const span = { from: at("2026-11-23T11:50:00Z"), to: at("2026-11-24T11:50:00Z") };
  t.match(axisOfDay(span, "Europe/Moscow")[0], { text: "15:00", end: "first" });
  const before = { from: span.from - 3_600_000, to: span.to - 3_600_000 };
  t.match(axisOfDay(before, "Europe/Moscow")[0], { isMinor: true });
});
