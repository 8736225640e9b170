import { Temporal } from "temporal-polyfill";
import { DAY_MINUTES, momentOf } from "../../fleet/opening-hours/schedule.ts";
import type { QuietHours } from "./rule.ts";

/** When the quiet hours end that it is in at `now`, ms UTC; null = it is in none. They may have begun the day before. */
export function quietUntil(quiet: QuietHours | null, timeZone: string, now: number): number | null {
  if (quiet === null || quiet.from === quiet.to) return null;
  const { from, to } = quiet;
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  for (const days of [-1, 0]) {
    const at = (minutes: number) =>
      momentOf(today.add({ days }).toPlainDateTime().add({ minutes }), timeZone);
    const end = at(to < from ? to + DAY_MINUTES : to);
    if (at(from) <= now && now < end) return end;
  }
  return null;
}
