import { RateLimiterMemory } from "rate-limiter-flexible";
import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";

/** Wrong tokens per address. */
const GUESSES = 20;
/** Anything else is no token, and is not looked up. */
const TOKEN = /^[\w-]{43}$/;

const MAX_KEPT = 100;
const MAX_AGE_MS = 60_000;

const WINDOW_SECONDS = 15 * 60;
/** When whoever tried too often may surely try again. */
export const GUESS_AGAIN_SECONDS = WINDOW_SECONDS;

export interface Attempt {
  /** Uncounts an attempt that was right, or was not made after all. */
  giveBack(): Promise<void>;
}

export type AttemptLimit = ReturnType<typeof createAttemptLimit>;

/** Limits how often something may be tried within a quarter of an hour, by key. */
export function createAttemptLimit(attempts: number) {
  const limiter = new RateLimiterMemory({ points: attempts, duration: WINDOW_SECONDS });

  return {
    /** Counts an attempt before it is checked, so that none of many at once is free. @returns null when there were too many. */
    async take(key: string): Promise<Attempt | null> {
      const { consumedPoints } = await limiter.penalty(key);
      if (consumedPoints <= attempts) return { giveBack };
      await giveBack();
      return null;

      async function giveBack(): Promise<void> {
        await limiter.reward(key);
      }
    },
  };
}

/**
 * Admits by secret tokens, which are kept for a moment, and limits guessing by address. A right one is admitted even after
 * too many guesses, which others at its address may have made: nobody guesses 256 bits.
 * @param find what a token opens; null for an unknown one.
 */
export function createAdmission<Found>(
  database: OpenDatabase,
  clock: () => number,
  find: (token: string) => Promise<Found | null>,
): (token: string, address: string) => Promise<Found | "unknown" | "tooMany"> {
  const keep = keepFindings<Found | null>({ database, maxKept: MAX_KEPT, maxAgeMs: MAX_AGE_MS, clock });
  const limit = createAttemptLimit(GUESSES);

  return async (token, address) => {
    if (!TOKEN.test(token)) return "unknown";
    const found = await keep(token, () => find(token));
    if (found !== null) return found;
    return (await limit.take(address)) ? "unknown" : "tooMany";
  };
}
