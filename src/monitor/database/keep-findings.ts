import { LRUCache } from "lru-cache";
import type { OpenDatabase } from "./open.ts";

/** How long what many browsers ask for is kept while polls are saved all the time. */
export const FRESH_MS = 2_000;

interface KeptFindings {
  database: Pick<OpenDatabase, "revision">;
  maxKept: number;
  /** For what follows from polls, which do not change the revision. */
  maxAgeMs: number;
  /** ms UTC. */
  clock: () => number;
}

/** Keeps results until the revision changes, but not null and failures. @returns a function that finds a key's result once. */
export function keepFindings<Found>(options: KeptFindings) {
  const { database, maxKept, maxAgeMs, clock } = options;
  const kept = new LRUCache<string, { found: Promise<Found>; foundAt: number }>({ max: maxKept });
  let keptRevision: number | null = null;

  return (key: string, find: () => Promise<Found>): Promise<Found> => {
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
