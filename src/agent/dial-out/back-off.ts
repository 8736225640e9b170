import { CLOSE_CODES } from "../../protocol/dial-out.ts";

const LEAST_MS = 1_000;
const FIRST_MS = 5_000;
const MOST_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

export interface LastAttempt {
  /** Attempts in a row that came to nothing; 0 after a connection that stood. */
  failures: number;
  /** Code with which the monitor ended the connection; null = none, or there was no connection. */
  closeCode: number | null;
  retryAfterMs: number | null;
}

/**
 * How long to wait until the next attempt, ms: by chance, so that many agents do not come at once; longer with each
 * failure, and never shorter than the monitor asks for.
 */
export function nextDelayMs(
  { failures, closeCode, retryAfterMs }: LastAttempt,
  random: () => number,
): number {
  const isSlow = closeCode === CLOSE_CODES.restarting || closeCode === CLOSE_CODES.replaced;
  const spreadMs = isSlow ? MOST_MS : Math.min(FIRST_MS * 2 ** failures, MOST_MS);
  const delayMs = LEAST_MS + random() * (spreadMs - LEAST_MS);
  const askedMs = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return delayMs < askedMs ? askedMs + random() * LEAST_MS : delayMs;
}
