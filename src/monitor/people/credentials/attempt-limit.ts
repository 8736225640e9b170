import { RateLimiterMemory } from "rate-limiter-flexible";

const WINDOW_SECONDS = 15 * 60;

export interface Attempt {
  /** Makes it count no more: it was right, or was not made after all. */
  giveBack(): Promise<void>;
}

/** How often something may be tried within a quarter of an hour, by key. */
export interface AttemptLimit {
  /** Counts an attempt, before it is checked: of many at once none is free. @returns null when there were too many. */
  take(key: string): Promise<Attempt | null>;
}

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
