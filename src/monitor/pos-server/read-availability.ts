import { DAY_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import {
  type Availability,
  measureAvailability,
  type RecordedTransition,
  type Spell,
  spellsWithin,
} from "../history/availability.ts";
import { listRunsSince, listTransitionsSince } from "../history/known-history.ts";
import { dayAt, dayStart } from "../viewer/local-time.ts";

const MONTH_DAYS = 30;

/** How well the exchange worked in a span of time, and in which states it was. */
export interface MeasuredPart extends Omit<Availability, "segments">, TimeSpan {
  /** Of the days of the bar, ms UTC; empty = it has no days. */
  bounds: number[];
  /** Oldest first. */
  spells: Spell<RecordedTransition>[];
}

export type MeasuredAvailability = Awaited<ReturnType<typeof readAvailability>>;

/** Measures the last 24 hours, and the last 30 days of a time zone, up to `now` (ms UTC). */
export async function readAvailability(
  db: Db,
  timeZone: string,
  { id, lastSyncAt }: { id: number; lastSyncAt: number | null },
  now: number,
) {
  const days = boundsOfMonth(now, timeZone);
  const monthFrom = days[0] ?? now;
  const transitions = await listTransitionsSince(db, id, monthFrom);
  const runs = await listRunsSince(db, monthFrom, now);
  const measure = (from: number, bounds: number[]): MeasuredPart => {
    const measured = measureAvailability(transitions, runs, [from, now], lastSyncAt !== null);
    const { share, failures, timeByState } = measured;
    const spells = spellsWithin(transitions, runs, { from, to: now });
    return { share, failures, timeByState, from, to: now, bounds, spells };
  };
  return { day: measure(now - DAY_MS, []), month: measure(monthFrom, days) };
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
