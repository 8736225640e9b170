import { DAY_MS, HOUR_MS } from "../../protocol/time-units.ts";
import { posClock, posDay, posDayStart, posMonth, posSpan } from "./pos-time.ts";
import type { LogSummary } from "./prepared-log.ts";
import type { TimeBucket } from "./time-buckets.ts";

/** Possible lengths of a labelled part of the strip; each has three steps to click. */
const PART_MS = [3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24, 91 * 24, 364 * 24, 3640 * 24].map(
  (hours) => hours * HOUR_MS,
);
const MAX_PARTS = 9;
const STEPS_OF_A_PART = 3;
const MIN_ERROR_HEIGHT = 0.2;

export interface StripStep {
  line: number | null;
  span: string;
  entries: number;
  errors: number;
}

/**
 * When a log was written, the share of errors, and the page's place (`here`): places and widths in per cent, heights from
 * 0 to 1. null = it has no times.
 */
export function timeStrip({ times }: LogSummary, now: number | null) {
  const { buckets, widthMs } = times;
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) return null;
  const { from, to, partMs } = axis(first.startsAt, last.startsAt + widthMs);
  const percent = (ms: number) => Math.round((ms / (to - from)) * 10_000) / 100;
  const placeOf = ({ startsAt }: TimeBucket) => ({ x: percent(startsAt - from), width: percent(widthMs) });
  const within = (start: number, end: number): StripStep => {
    const inside = buckets.filter(({ startsAt }) => startsAt >= start && startsAt < end);
    return {
      line: inside.length > 0 ? Math.min(...inside.map(({ line }) => line)) : null,
      span: spanOf(start, end),
      entries: inside.reduce((sum, { entries }) => sum + entries, 0),
      errors: inside.reduce((sum, { errors }) => sum + errors, 0),
    };
  };
  const parts = Array.from({ length: Math.round((to - from) / partMs) }, (_, index) => {
    const start = from + index * partMs;
    const stepMs = partMs / STEPS_OF_A_PART;
    const steps = Array.from({ length: STEPS_OF_A_PART }, (_, step) =>
      within(start + step * stepMs, start + (step + 1) * stepMs),
    );
    return { ...within(start, start + partMs), label: labelOf(start, partMs), steps };
  });
  return {
    parts,
    written: buckets.map(placeOf),
    errors: buckets
      .filter(({ errors }) => errors > 0)
      .map((bucket) => ({
        ...placeOf(bucket),
        height: Math.max(bucket.errors / bucket.entries, MIN_ERROR_HEIGHT),
      })),
    here: now !== null && now >= from && now <= to ? percent(now - from) : null,
  };
}

/** A single day is shown from midnight to midnight, anything else from its start to its end. */
function axis(start: number, end: number): { from: number; to: number; partMs: number } {
  const day = posDayStart(start);
  const [shortest = 3 * HOUR_MS] = PART_MS;
  if (end <= day + DAY_MS) return { from: day, to: day + DAY_MS, partMs: shortest };
  const around = (partMs: number) => ({
    from: Math.floor(start / partMs) * partMs,
    to: Math.ceil(end / partMs) * partMs,
    partMs,
  });
  const axes = PART_MS.map(around);
  return axes.find(({ from, to, partMs }) => (to - from) / partMs <= MAX_PARTS) ?? around(end - start);
}

function labelOf(start: number, partMs: number): string {
  if (partMs >= 91 * DAY_MS) return posMonth(start);
  return partMs >= DAY_MS || (start === posDayStart(start) && partMs > 3 * HOUR_MS)
    ? posDay(start)
    : posClock(start);
}

/** Midnight at the end of a day is 24:00. */
function spanOf(start: number, end: number): string {
  return end === posDayStart(start) + DAY_MS ? `${posClock(start)}–24:00` : posSpan(start, end);
}
