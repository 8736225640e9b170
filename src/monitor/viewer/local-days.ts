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

/** Into months, or within one month into days; `YYYY-MM-DD`. @returns nothing for a single day or none. */
export function divideDays(first: string, last: string): { from: string; to: string }[] {
  if (first >= last) return [];
  const end = Temporal.PlainDate.from(last);
  const isOneMonth = first.slice(0, 7) === last.slice(0, 7);
  const parts: { from: string; to: string }[] = [];
  let from = Temporal.PlainDate.from(first);
  while (Temporal.PlainDate.compare(from, end) <= 0) {
    const monthEnd = from.with({ day: from.daysInMonth });
    const partEnd = isOneMonth ? from : monthEnd;
    const to = Temporal.PlainDate.compare(partEnd, end) < 0 ? partEnd : end;
    parts.push({ from: from.toString(), to: to.toString() });
    from = to.add({ days: 1 });
  }
  return parts;
}

/** The first moment (ms UTC) of a day `YYYY-MM-DD` in a time zone, also where a change of the clock skips midnight. */
export function dayStart(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The first moment (ms UTC) after a day `YYYY-MM-DD` in a time zone. */
export function dayEnd(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}
