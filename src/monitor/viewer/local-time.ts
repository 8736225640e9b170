import { Temporal } from "temporal-polyfill";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FIRST_DAY = "1970-01-01";

const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d{1,3})?)?$/;
const FIRST_TIME = "1970-01-01T00:00";

/** Which moment is meant where the clock was turned back and shows a time twice. */
type Occurrence = "first" | "last";

/**
 * What a `datetime-local` field sends, to the minute. A time that the clock skipped is as much later as it skipped.
 * @returns ms UTC; null when it is no time (from 1970 on).
 */
export function readLocalTime(text: string, timeZone: string, occurrence: Occurrence): number | null {
  const [, written = ""] = LOCAL_TIME.exec(text) ?? [];
  if (written < FIRST_TIME) return null;
  try {
    const disambiguation = occurrence === "first" ? "compatible" : "later";
    return Temporal.PlainDateTime.from(written).toZonedDateTime(timeZone, { disambiguation })
      .epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Writes a moment (ms UTC) as a `datetime-local` field shows it in a time zone: `2026-11-24T13:43`. */
export function writeLocalTime(at: number, timeZone: string): string {
  const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return shown.toPlainDateTime().toString({ smallestUnit: "minute" });
}

/** A day of the calendar, `YYYY-MM-DD`, or null when there is none such (from 1970 on). */
export function readDay(text: string): string | null {
  if (!DAY.test(text) || text < FIRST_DAY) return null;
  try {
    return Temporal.PlainDate.from(text).toString();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The day `YYYY-MM-DD` of a moment (ms UTC) in a time zone. */
export function dayAt(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** The first moment (ms UTC) of a day `YYYY-MM-DD` in a time zone, also where a change of the clock skips midnight. */
export function dayStart(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The first moment (ms UTC) after a day `YYYY-MM-DD` in a time zone. */
export function dayEnd(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}
