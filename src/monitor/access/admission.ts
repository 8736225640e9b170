import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { createAttemptLimit } from "./attempt-limit.ts";

/** Wrong tokens per address. */
const GUESSES = 20;
/** Anything else is no token, and is not looked up. */
const TOKEN = /^[\w-]{43}$/;

const MAX_KEPT = 100;
const MAX_AGE_MS = 60_000;

/**
 * Admits by secret tokens, which are kept for a moment, and limits guessing by address. A token in use is admitted even after
 * too many guesses, which others at its address may have made.
 * @param find what a token opens; null for an unknown one.
 */
export function createAdmission<Found extends { usedAt: number | null }>(
  database: OpenDatabase,
  clock: () => number,
  find: (token: string) => Promise<Found | null>,
): (token: string, address: string) => Promise<Found | "unknown" | "tooMany"> {
  const keep = keepFindings<Found | null>({ database, maxKept: MAX_KEPT, maxAgeMs: MAX_AGE_MS, clock });
  const limit = createAttemptLimit(GUESSES);

  return async (token, address) => {
    if (!TOKEN.test(token)) return "unknown";
    const found = await keep(token, () => find(token));
    if (found !== null && found.usedAt !== null) return found;
    const attempt = await limit.take(address);
    if (!attempt) return "tooMany";
    if (found === null) return "unknown";
    await attempt.giveBack();
    return found;
  };
}
