import type { ChannelFailure } from "../channels/channel.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** After so many failures in a row, how long nothing is tried. */
const PAUSES_MS = [10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS];
/** Whatever the other side says. */
export const MOST_PAUSE_MS = 3_600_000;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;

/** These do not pass by themselves. */
const LASTING: readonly ChannelFailure[] = ["address_refused", "certificate", "unauthorized", "recipient"];
const FAILS_FROM_TRIES = 2;
/** Who asks for patience works. */
const FAILS_FROM_BUSY_TRIES = 10;

/** How long a channel is left alone after it has failed so often in a row, ms. @param retryAfterMs as the other side asks. */
export function pauseAfter(failedTries: number, retryAfterMs: number | null): number {
  const pause = PAUSES_MS[failedTries - 1] ?? LONGEST_PAUSE_MS;
  return Math.min(Math.max(pause, retryAfterMs ?? 0), MOST_PAUSE_MS);
}

/** Whether a channel is called failing: by the first failure that does not pass by itself, or by the second one. */
export function isFailing(failure: ChannelFailure, failedTries: number): boolean {
  if (LASTING.includes(failure)) return true;
  return failedTries >= (failure === "rate_limited" ? FAILS_FROM_BUSY_TRIES : FAILS_FROM_TRIES);
}
