import { LRUCache } from "lru-cache";
import type { OpenDatabase } from "./open.ts";

export interface KeptFindings {
  database: Pick<OpenDatabase, "revision">;
  /** Beyond these the one that was asked for longest ago goes. */
  maxKept: number;
  /** How old what follows from polls may be, which do not change the revision. */
  maxAgeMs: number;
  /** ms UTC. */
  clock: () => number;
}

/**
 * Keeps what was found in the database until its revision is another one. What was not there (null) and what failed is
 * not kept.
 * @returns a function that gives what is kept under a key, or finds it.
 */
export function keepFindings<Found>({
  database,
  maxKept,
  maxAgeMs,
  clock,
}: KeptFindings): (key: string, find: () => Promise<Found>) => Promise<Found> {
  const kept = new LRUCache<string, { found: Promise<Found>; foundAt: number }>({ max: maxKept });
  let keptRevision: number | null = null;

  return (key, find) => {
    const revision = database.revision();
    if (revision !== keptRevision) kept.clear();
    keptRevision = revision;
    const now = clock();
    const known = kept.get(key);
    // The clock may have been turned back.
    if (known && Math.abs(now - known.foundAt) < maxAgeMs) return known.found;

    const finding = { found: find(), foundAt: now };
    kept.set(key, finding);
    const drop = () => {
      if (kept.peek(key) === finding) kept.delete(key);
    };
    finding.found.then((found) => {
      if (found === null) drop();
    }, drop);
    return finding.found;
  };
}
