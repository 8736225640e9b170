import type { Db } from "../database/schema.ts";
import {
  type Availability,
  measureAvailability,
  type RecordedTransition,
  type Spell,
  spellsWithin,
} from "../pos-servers/availability.ts";
import { boundsOfMonth } from "../pos-servers/availability-bounds.ts";
import { listRunsSince, listTransitionsSince } from "../pos-servers/known-history.ts";

const DAY_MS = 86_400_000;

/** How well the exchange worked in a part of the time, and in which states it was meanwhile. */
export interface MeasuredPart extends Omit<Availability, "segments"> {
  /** ms UTC. */
  from: number;
  to: number;
  /** Of the bar, ms UTC: where a part of it ends and the next one begins. */
  bounds: number[];
  /** Oldest first. */
  spells: Spell<RecordedTransition>[];
}

/** How well the exchange worked in the last 24 hours and in the last 30 days. */
export interface MeasuredAvailability {
  day: MeasuredPart;
  month: MeasuredPart;
}

/**
 * Measures the last 24 hours, and the last 30 days as the calendar of a time zone has them, up to `now` (ms UTC).
 * @param lastSyncAt its last known exchange, null = none is known.
 */
export async function readAvailability(
  db: Db,
  timeZone: string,
  { id, lastSyncAt }: { id: number; lastSyncAt: number | null },
  now: number,
): Promise<MeasuredAvailability> {
  const bounds = boundsOfMonth(now, timeZone);
  const from = bounds[0] ?? now;
  const transitions = await listTransitionsSince(db, id, from);
  const runs = await listRunsSince(db, from, now);
  const measure = (part: { from: number; bounds: number[] }): MeasuredPart => {
    const span = { from: part.from, to: now };
    const bounds = [span.from, span.to];
    const { segments: _whole, ...measured } = measureAvailability(
      transitions,
      runs,
      bounds,
      lastSyncAt !== null,
    );
    return { ...measured, ...span, bounds: part.bounds, spells: spellsWithin(transitions, runs, span) };
  };
  return { day: measure({ from: now - DAY_MS, bounds: [] }), month: measure({ from, bounds }) };
}
