import { LRUCache } from "lru-cache";
import type { Db } from "../../database/schema.ts";
import type { TimeSpan } from "../../fleet/time-spans.ts";
import { listRunsSince } from "../../history/known-history.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { countQuarters, QUARTER_MS } from "./count-quarters.ts";

export const QUARTERS = 96;
/** How long the count of the current quarter is kept. */
const FRESH_MS = 15_000;
/** Two for each set of organizations: what is over, and the current quarter. */
const MAX_KEPT = 200;

export type ReadQuarters = ReturnType<typeof createQuartersReader>;

/** For each quarter of an hour, oldest first, how many POS servers at most were without exchange at once; null = unknown. */
export type DayOfQuarters = Awaited<ReturnType<ReadQuarters>>;

/** Counts a day up to `now` (ms UTC): past quarters once, and the current one again and again. */
export function createQuartersReader(db: Db) {
  const kept = new LRUCache<string, { counts: Promise<number[]>; countedAt: number }>({ max: MAX_KEPT });

  return async (access: OrganizationAccess, now: number) => {
    const last = Math.floor(now / QUARTER_MS) * QUARTER_MS;
    const from = last - (QUARTERS - 1) * QUARTER_MS;
    const [over, current] = await Promise.all([
      keep("over", Number.POSITIVE_INFINITY, { from, to: last }),
      keep("current", FRESH_MS, { from: last, to: now + 1 }),
    ]);
    const counts = [...over, ...current];
    const runs = await listRunsSince(db, from, now);
    return { from, counts: counts.map((count, index) => (isSeen(runs, from, index, now) ? count : null)) };

    async function keep(which: string, maxAgeMs: number, span: TimeSpan): Promise<number[]> {
      const key = JSON.stringify([which, span.from, access]);
      const known = kept.get(key);
      // The clock may have been turned back.
      if (known && Math.abs(now - known.countedAt) < maxAgeMs) return await known.counts;
      const counting = { counts: countQuarters(db, access, span), countedAt: now };
      kept.set(key, counting);
      counting.counts.catch(() => kept.delete(key));
      return await counting.counts;
    }
  };
}

function isSeen(runs: readonly TimeSpan[], from: number, index: number, now: number): boolean {
  const start = from + index * QUARTER_MS;
  const end = Math.min(start + QUARTER_MS, now);
  return runs.some((run) => run.from <= end && run.to >= start);
}
