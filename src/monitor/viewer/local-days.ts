import { Temporal } from "temporal-polyfill";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FIRST_DAY = "1970-01-01";

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
