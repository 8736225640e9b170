import { setTimeout as delay } from "node:timers/promises";

/** How patient the runner is, ms. */
export interface Timing {
  /** Before each further attempt; so many retries there are. */
  retryPausesMs: readonly number[];
  /** How long a POS server may go on saying that it is busy. */
  busyPatienceMs: number;
  /** Between two writes of the progress. */
  progressEveryMs: number;
  /** Between two looks at how fast the logs come. */
  paceTickMs: number;
}

export const TIMING: Timing = {
  retryPausesMs: [3_000, 15_000],
  busyPatienceMs: 5 * 60_000,
  progressEveryMs: 500,
  paceTickMs: 1_000,
};

/** Waits. @throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
