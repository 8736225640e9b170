import { Temporal } from "temporal-polyfill";
import type { QuietHours } from "./rule.ts";

const HOUR_MINUTES = 60;

/** When the quiet hours end that it is in at `now`, ms UTC; null = it is in none. */
export function quietUntil(quiet: QuietHours | null, timeZone: string, now: number): number | null {
  if (quiet === null || quiet.from === quiet.to) return null;
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const minute = zoned.hour * HOUR_MINUTES + zoned.minute;
  const { from, to } = quiet;
  const isOverMidnight = to < from;
  const isQuiet = isOverMidnight ? minute >= from || minute < to : minute >= from && minute < to;
  if (!isQuiet) return null;
  const day = isOverMidnight && minute >= from ? zoned.add({ days: 1 }) : zoned;
  return day.startOfDay().withPlainTime({ hour: Math.floor(to / HOUR_MINUTES), minute: to % HOUR_MINUTES })
    .epochMilliseconds;
}
