import t from "tap";
import type { LogSummary } from "../../src/monitor/log-viewer/prepared-log.ts";
import { shownDays } from "../../src/monitor/log-viewer/show-model.ts";
import { createBucketCounter } from "../../src/monitor/log-viewer/time-buckets.ts";
import { timeStrip } from "../../src/monitor/log-viewer/time-strip.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";

const DAY = Date.UTC(2026, 10, 25);

/** Entries at these times, each a line; errors are those of the second list. */
function stripOf(times: number[], errors: number[] = [], now: number | null = null) {
  const counter = createBucketCounter();
  const all = [
    ...times.map((time) => ({ time, isError: false })),
    ...errors.map((time) => ({ time, isError: true })),
  ];
  for (const [index, { time, isError }] of all.toSorted((a, b) => a.time - b.time).entries())
    counter.add(time, isError, index + 1);
  const strip = timeStrip({ times: counter.finish() } as LogSummary, now);
  if (!strip) throw new Error("no strip");
  return strip;
}

function every(ms: number, from: number, to: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / ms) }, (_, index) => from + index * ms);
}

t.test("a day is drawn from midnight to midnight, in parts of three hours", async (t) => {
  const late = DAY + 10 * HOUR_MS;
  const strip = stripOf([DAY + 9 * HOUR_MS, late], [late + 5 * MINUTE_MS], DAY + 12 * HOUR_MS);
  const labels = strip.parts.map(({ label }) => label);
  t.same(labels, ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
  t.same(strip.written, [
    { x: 37.5, width: 0.69 },
    { x: 41.67, width: 0.69 },
  ]);
  t.same(strip.errors, [{ x: 41.67, width: 0.69, height: 0.5 }], "one of two");
  t.equal(strip.here, 50);
  const steps = strip.parts.flatMap(({ steps }) => steps);
  t.equal(steps.length, 24);
  t.match(steps[9], { line: 1, span: "09:00–10:00", entries: 1, errors: 0 });
  t.match(steps[10], { line: 2, span: "10:00–11:00", entries: 2, errors: 1 });
  t.match(steps[23], { line: null, span: "23:00–24:00", entries: 0 });
  t.match(strip.parts[3], { line: 1, span: "09:00–12:00", entries: 3, errors: 1 });
});

t.test("longer logs are drawn in fewer, longer parts", async (t) => {
  const spans: [ms: number, labels: RegExp][] = [
    [2 * HOUR_MS, /^21:00,00:00$/],
    [30 * HOUR_MS, /^18:00,26\.11,06:00,12:00,18:00,27\.11$/],
    [5 * DAY_MS, /^25\.11,26\.11,27\.11,28\.11,29\.11,30\.11$/],
    [60 * DAY_MS, /^\d\d\.\d\d(,\d\d\.\d\d){3,8}$/],
    [2_000 * DAY_MS, /^\d\d\.20\d\d(,\d\d\.20\d\d){3,8}$/],
  ];
  for (const [ms, labels] of spans) {
    const from = DAY + 23 * HOUR_MS;
    const strip = stripOf(every(ms / 5_000, from, from + ms));
    t.match(strip.parts.map(({ label }) => label).join(), labels);
    t.ok(strip.written.length <= 301, `${strip.written.length} buckets`);
    const last = strip.written.at(-1);
    t.ok(last && last.x + last.width <= 100.1);
    const entries = strip.parts.reduce((sum, part) => sum + part.entries, 0);
    t.equal(entries, 5_000, "all entries are in a part");
  }
});

t.test("whatever times a log has, little is kept of them", async (t) => {
  const counter = createBucketCounter();
  for (let index = 0; index < 100_000; index++) {
    counter.add(((index * 7_919) % 100_000) * 30 * DAY_MS, index % 2 === 0, index + 1);
  }
  const { buckets } = counter.finish();
  t.ok(buckets.length < 10_000, `${buckets.length}`);
  const entries = buckets.reduce((sum, bucket) => sum + bucket.entries, 0);
  t.equal(entries, 100_000);
  const starts = buckets.map(({ startsAt }) => startsAt);
  const inOrder = starts.toSorted((a, b) => a - b);
  t.same(starts, inOrder);
  const none = { times: createBucketCounter().finish() } as LogSummary;
  t.equal(timeStrip(none, null), null, "a log without times has no strip");
});

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);

t.test("the first day is named, and every other where it begins", async (t) => {
  const times = [null, at("24T23:58"), null, at("24T23:59"), at("25T00:00")];
  const lines = times.map((time, index) => ({
    number: index + 1,
    text: "",
    cutBytes: 0,
    level: "info" as const,
    isHead: time !== null,
    time,
  }));
  const days = (timeBefore: number | null) => {
    const shown = shownDays(lines, timeBefore);
    return lines.map((line) => shown.get(line) ?? null);
  };
  t.same(days(null), [null, "24.11.2026", null, null, "25.11.2026"]);
  t.same(days(at("24T10:00")), [null, null, null, null, "25.11.2026"], "it stands above already");
});
