import { RateLimiterMemory } from "rate-limiter-flexible";

const WINDOW_SECONDS = 15 * 60;

export interface Attempt {
  /** Uncounts an attempt that was right, or was not made after all. */
  giveBack(): Promise<void>;
}

export interface AttemptLimit {
  /** Counts an attempt before it is checked, so that none of many at once is free. @returns null when there were too many. */
  take(key: string): Promise<Attempt | null>;
}

/** Limits how often something may be tried within a quarter of an hour, by key. */
export function createAttemptLimit(attempts: number): AttemptLimit {
  const limiter = new RateLimiterMemory({ points: attempts, duration: WINDOW_SECONDS });

  return {
    async take(key) {
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
