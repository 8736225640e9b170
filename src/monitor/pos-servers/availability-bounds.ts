import { dayAt, dayStart } from "../viewer/local-days.ts";

const QUARTER_MS = 15 * 60_000;
const DAY_QUARTERS = 96;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const MONTH_DAYS = 30;

/** The bounds of the last 96 quarter-hours, ms UTC; the last of them goes on and ends at `now`. */
export function boundsOfDay(now: number): number[] {
  return boundsOfLast(DAY_QUARTERS, QUARTER_MS, now);
}

/** The bounds of the last 24 hours of the clock, ms UTC; the last of them goes on and ends at `now`. */
export function boundsOfHours(now: number): number[] {
  return boundsOfLast(DAY_HOURS, HOUR_MS, now);
}

function boundsOfLast(count: number, lengthMs: number, now: number): number[] {
  const last = Math.floor((now - 1) / lengthMs) * lengthMs;
  const starts = Array.from({ length: count }, (_, index) => last - index * lengthMs);
  return [...starts.reverse(), now];
}

/** The bounds of the last 30 days of a time zone, ms UTC; the last of them goes on and ends at `now`. */
export function boundsOfMonth(now: number, timeZone: string): number[] {
  const bounds = [now];
  for (let day = 0; day < MONTH_DAYS; day += 1) {
    const [next = now] = bounds;
    bounds.unshift(dayStart(dayAt(next - 1, timeZone), timeZone));
  }
  return bounds;
}
