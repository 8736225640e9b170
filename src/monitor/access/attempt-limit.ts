import { RateLimiterMemory } from "rate-limiter-flexible";

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
