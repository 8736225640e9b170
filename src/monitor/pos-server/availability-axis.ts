import { Temporal } from "temporal-polyfill";
import { HOUR_MS } from "../../protocol/time-units.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";

const LABELLED_HOURS = 3;
const LABELLED_DAYS = 5;
/** Room for the text at the end of a bar. */
const FREE_AT_END_PERCENT = 8;
const FREE_AT_NARROW_END_PERCENT = 24;
/** Nearer to the beginning a label would stand out of the bar. */
const AT_BEGINNING_PERCENT = 2;
const AT_NARROW_BEGINNING_PERCENT = 6;
const LABELLED_FROM_MS = 12 * HOUR_MS;

export interface AxisLabel {
  /** Per cent of the width. */
  x: number;
  text: string;
  /** A day among hours, a month among days. */
  isStrong: boolean;
  /** Hidden where there is little room. */
  isMinor: boolean;
  /** A label at an end stays within the bar; otherwise `x` is its middle. */
  end: "first" | "last" | null;
}

/** The hours of the clock, every third, with the day at midnight. */
export function axisOfDay({ from, to }: TimeSpan, timeZone: string): AxisLabel[] {
  const labels: AxisLabel[] = [];
  const end = Temporal.Instant.fromEpochMilliseconds(to);
  let hour = Temporal.Instant.fromEpochMilliseconds(from)
    .toZonedDateTimeISO(timeZone)
    .round({ smallestUnit: "hour", roundingMode: "ceil" });
  for (; Temporal.Instant.compare(hour.toInstant(), end) < 0; hour = hour.add({ hours: 1 })) {
    const x = placeOf(hour.epochMilliseconds, { from, to });
    if (hour.hour % LABELLED_HOURS !== 0 || x > 100 - FREE_AT_END_PERCENT) continue;
    labels.push({
      x,
      text: hour.hour === 0 ? dayAndMonth(hour) : `${twoDigits(hour.hour)}:00`,
      isStrong: hour.hour === 0,
      isMinor:
        hour.hour % (2 * LABELLED_HOURS) !== 0 ||
        x > 100 - FREE_AT_NARROW_END_PERCENT ||
        (x > AT_BEGINNING_PERCENT && x < AT_NARROW_BEGINNING_PERCENT),
      end: x <= AT_BEGINNING_PERCENT ? "first" : null,
    });
  }
  return labels;
}

/**
 * Each day, labelled in its middle, with the month at each change, and at the first day unless the second has it; none for a
 * day that just began.
 */
export function axisOfDays(bounds: readonly number[], timeZone: string): AxisLabel[] {
  const [from = 0] = bounds;
  const to = bounds.at(-1) ?? from;
  const last = bounds.length - 2;
  return bounds.slice(0, -1).flatMap((start, index): AxisLabel[] => {
    const end = bounds[index + 1] ?? to;
    if (end - start < LABELLED_FROM_MS) return [];
    const day = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone);
    const isStrong = day.day === 1 || (index === 0 && day.day !== day.daysInMonth);
    const place = index === 0 ? from : index === last ? to : (start + end) / 2;
    return [
      {
        x: placeOf(place, { from, to }),
        text: isStrong ? dayAndMonth(day) : String(day.day),
        isStrong,
        isMinor: index % LABELLED_DAYS !== 0,
        end: index === 0 ? "first" : index === last ? "last" : null,
      },
    ];
  });
}

function placeOf(at: number, { from, to }: TimeSpan): number {
  return Math.round(((at - from) / (to - from)) * 100_000) / 1_000;
}

function dayAndMonth({ day, month }: Temporal.ZonedDateTime): string {
  return `${twoDigits(day)}.${twoDigits(month)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
