import type { Kysely } from "kysely";
import { LRUCache } from "lru-cache";
import type { Database } from "../../database/schema.ts";
import type { TimeSpan } from "../../pos-servers/availability.ts";
import { listRunsSince } from "../../pos-servers/known-history.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { countQuarters, QUARTER_MS } from "./count-quarters.ts";

export const QUARTERS = 96;
const MAX_KEPT = 100;

/** How many POS servers at once did not exchange, at most, in each quarter of an hour, oldest first; null = nobody looked. */
export interface DayOfQuarters {
  /** ms UTC; the last quarter goes on. */
  from: number;
  counts: (number | null)[];
}

/** Counts a day up to `now` (ms UTC) for those who may see some organizations. */
export type ReadQuarters = (access: OrganizationAccess, now: number) => Promise<DayOfQuarters>;

/** The quarters that are over are counted once and kept until the next one is over. */
export function createQuartersReader(db: Kysely<Database>): ReadQuarters {
  const kept = new LRUCache<string, Promise<number[]>>({ max: MAX_KEPT });

  return async (access, now) => {
    const last = Math.floor(now / QUARTER_MS) * QUARTER_MS;
    const from = last - (QUARTERS - 1) * QUARTER_MS;
    const key = JSON.stringify([last, access]);
    const counting = kept.get(key) ?? countQuarters(db, access, { from, to: last });
    kept.set(key, counting);
    counting.catch(() => kept.delete(key));
    const counts = [...(await counting), ...(await countQuarters(db, access, { from: last, to: now + 1 }))];
    const runs = await listRunsSince(db, from, now);
    return { from, counts: counts.map((count, index) => (isSeen(runs, from, index, now) ? count : null)) };
  };
}

function isSeen(runs: readonly TimeSpan[], from: number, index: number, now: number): boolean {
  const start = from + index * QUARTER_MS;
  const end = Math.min(start + QUARTER_MS, now);
  return runs.some((run) => run.from <= end && run.to >= start);
}
