const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;
/** Of a pause, so much is left to chance. */
const CHANCE = 0.5;

/** How long to wait after attempts that came to nothing. */
export interface PollPauses {
  firstMs: number;
  longestMs: number;
}

export const POLL_PAUSES: PollPauses = { firstMs: FIRST_MS, longestMs: LONGEST_MS };

/**
 * How long to wait until a messenger is asked again, ms: longer with each failure in a row, and never shorter than it wants.
 * @param failures from 1. @param random from 0 to 1.
 */
export function pollPauseMs(
  failures: number,
  retryAfterMs: number | null,
  { firstMs, longestMs }: PollPauses,
  random: () => number,
): number {
  const spreadMs = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  const pauseMs = spreadMs * (1 - CHANCE * random());
  return Math.max(pauseMs, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
