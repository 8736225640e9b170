import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { type Availability, measureAvailability } from "./availability.ts";
import { boundsOfDay, boundsOfMonth } from "./availability-bounds.ts";
import { listRunsSince, listTransitionsSince } from "./known-history.ts";

/** How well the exchange worked in the last 24 hours and in the last 30 days. */
export interface MeasuredAvailability {
  day: Availability;
  month: Availability;
}

/** Measures the last day, and the last 30 days as the calendar of a time zone has them, up to `now` (ms UTC). */
export async function readAvailability(
  db: Kysely<Database>,
  timeZone: string,
  posServerId: number,
  now: number,
): Promise<MeasuredAvailability> {
  const monthBounds = boundsOfMonth(now, timeZone);
  const from = monthBounds[0] ?? now;
  const transitions = await listTransitionsSince(db, posServerId, from);
  const runs = await listRunsSince(db, from, now);
  return {
    day: measureAvailability(transitions, runs, boundsOfDay(now)),
    month: measureAvailability(transitions, runs, monthBounds),
  };
}
