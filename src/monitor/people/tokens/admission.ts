import { LRUCache } from "lru-cache";
import { keepFindings } from "../../database/keep-findings.ts";
import type { OpenDatabase } from "../../database/open.ts";
import { createAttemptLimit } from "../credentials/attempt-limit.ts";

/** Wrong tokens per address. */
const GUESSES = 20;
const MAX_KNOWN = 1_000;
/** Anything else is no token, and is not looked up. */
const TOKEN = /^[\w-]{43}$/;

const MAX_KEPT = 100;
const MAX_AGE_MS = 60_000;

/**
 * Admits by secret tokens, which are kept for a moment, and limits guessing. A token that was good before is looked up even
 * after too many guesses: a screen whose link was taken back asks on and on, and must not lock out others at its address.
 * @param find what a token opens; null for an unknown one.
 */
export function createAdmission<Found>(
  database: OpenDatabase,
  clock: () => number,
  find: (token: string) => Promise<Found | null>,
): (token: string, address: string) => Promise<Found | "unknown" | "tooMany"> {
  const keep = keepFindings<Found | null>({ database, maxKept: MAX_KEPT, maxAgeMs: MAX_AGE_MS, clock });
  const limit = createAttemptLimit(GUESSES);
  const known = new LRUCache<string, true>({ max: MAX_KNOWN });

  return async (token, address) => {
    if (!TOKEN.test(token)) return "unknown";
    const wasGood = known.has(token);
    const attempt = wasGood ? null : await limit.take(address);
    if (!wasGood && !attempt) return "tooMany";
    const found = await keep(token, () => find(token));
    if (found === null) {
      known.delete(token);
      return "unknown";
    }
    await attempt?.giveBack();
    known.set(token, true);
    return found;
  };
}
