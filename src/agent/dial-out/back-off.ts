import { CLOSE_CODES } from "../../protocol/dial-out.ts";
import { HOUR_MS } from "../../protocol/time-units.ts";

const LEAST_MS = 1_000;
const FIRST_MS = 5_000;
const MOST_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = HOUR_MS;

interface LastAttempt {
  /** Failed attempts in a row; 0 after a connection that lasted. */
  failures: number;
  /** WebSocket code with which the monitor closed the connection; null without one. */
  closeCode: number | null;
  retryAfterMs: number | null;
}

/** Random, so that many agents do not come at once; longer after each failure; never less than the monitor asks for. */
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
