import type { FailureClass } from "../../outgoing/failure.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** After so many failures in a row, how long nothing is tried. */
const PAUSES_MS = [10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS];
/** Whatever the other side says. */
export const MOST_PAUSE_MS = 3_600_000;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;

/** For so long nothing may get through. Who asks for patience works; what is not let in will not be by itself. */
const FAILS_AFTER_MS: Record<FailureClass, number> = {
  credentials: 0,
  recipient: MINUTE_MS,
  temporary: MINUTE_MS,
  wait: 10 * MINUTE_MS,
};

/** How long a channel is left alone after it has failed so often in a row, ms. @param retryAfterMs as the other side asks. */
export function pauseAfter(failedTries: number, retryAfterMs: number | null): number {
  const pause = PAUSES_MS[failedTries - 1] ?? LONGEST_PAUSE_MS;
  return Math.min(Math.max(pause, retryAfterMs ?? 0), MOST_PAUSE_MS);
}

/**
 * Whether a channel is called failing: nothing gets through for too long.
 * @param silentMs from the first failure to the next try.
 */
export function isFailing(failure: FailureClass, silentMs: number): boolean {
  return silentMs >= FAILS_AFTER_MS[failure];
}
