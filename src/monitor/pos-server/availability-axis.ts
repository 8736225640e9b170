import { Temporal } from "temporal-polyfill";
import type { TimeSpan } from "../pos-servers/availability.ts";

const LABELLED_HOURS = 3;
const LABELLED_DAYS = 5;
/** The end of the bar has a text of its own, which takes more of a narrow one. */
const FREE_AT_END_PERCENT = 8;
const FREE_AT_NARROW_END_PERCENT = 16;

/** A text below a bar. */
export interface AxisLabel {
  /** Where it stands, in per cent of the width. */
  x: number;
  text: string;
  /** A day among hours, a month among days. */
  isStrong: boolean;
  /** Where there is little room it is left out. */
  isMinor: boolean;
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
      isMinor: hour.hour % (2 * LABELLED_HOURS) !== 0 || x > 100 - FREE_AT_NARROW_END_PERCENT,
    });
  }
  return labels;
}

/** Each day, in the middle of it, with the month at the first one and where it changes. */
export function axisOfDays(bounds: readonly number[], timeZone: string): AxisLabel[] {
  const [from = 0] = bounds;
  const to = bounds.at(-1) ?? from;
  return bounds.slice(0, -1).map((start, index) => {
    const day = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone);
    const isStrong = index === 0 || day.day === 1;
    return {
      x: placeOf((start + (bounds[index + 1] ?? to)) / 2, { from, to }),
      text: isStrong ? dayAndMonth(day) : String(day.day),
      isStrong,
      isMinor: index % LABELLED_DAYS !== 0,
    };
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
