import { HOUR_MS } from "../../protocol/time-units.ts";
import { dayAt, dayStart } from "../viewer/local-time.ts";

const DAY_HOURS = 24;
const MONTH_DAYS = 30;

/** The bounds of the last 24 hours of the clock, ms UTC; the last of them goes on and ends at `now`. */
export function boundsOfHours(now: number): number[] {
  const last = Math.floor((now - 1) / HOUR_MS) * HOUR_MS;
  const starts = Array.from({ length: DAY_HOURS }, (_, index) => last - index * HOUR_MS);
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
