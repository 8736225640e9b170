const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const FIRST_YEAR = 1970;
const MINUTE_MS = 60_000;
/** No zone is further from UTC than 14 hours, and one change of the clock lies within these. */
const WIDEST_OFFSET_MS = 16 * 60 * MINUTE_MS;

/** A day of the calendar, `YYYY-MM-DD`, or null when there is none such (from 1970 on). */
export function readDay(text: string): string | null {
  const [, year, month, day] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined || year < FIRST_YEAR) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? text : null;
}

/** The day `YYYY-MM-DD` of a moment (ms UTC) in a time zone. */
export function dayAt(at: number, timeZone: string): string {
  return calendarOf(timeZone).format(at);
}

/** The first moment (ms UTC) of a day `YYYY-MM-DD` in a time zone, also where a change of the clock skips midnight. */
export function dayStart(day: string, timeZone: string): number {
  const calendar = calendarOf(timeZone);
  const midnightUtc = Date.parse(`${day}T00:00:00Z`);
  let before = (midnightUtc - WIDEST_OFFSET_MS) / MINUTE_MS;
  let within = (midnightUtc + WIDEST_OFFSET_MS) / MINUTE_MS;
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (calendar.format(middle * MINUTE_MS) < day) before = middle;
    else within = middle;
  }
  return within * MINUTE_MS;
}

/** The first moment (ms UTC) after a day `YYYY-MM-DD` in a time zone. */
export function dayEnd(day: string, timeZone: string): number {
  return dayStart(new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10), timeZone);
}

const calendars = new Map<string, Intl.DateTimeFormat>();

/** Kept, since making one costs more than all that is asked of it. */
function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const calendar =
    calendars.get(timeZone) ??
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  calendars.set(timeZone, calendar);
  return calendar;
}
