import { STATUS_LIMITS } from "../pos-client/limits.ts";

const HOUR_MS = 60 * 60_000;

/** The logs that are fetched before a reset. */
export const LOG_PERIOD_MS = 24 * HOUR_MS;
/** How long a reset waits for somebody to decide, or to start the service. */
export const WAIT_FOR_PERSON_MS = 24 * HOUR_MS;
/** A POS server that was reachable a moment ago and does not answer for this long is not told any more. */
export const REACH_WITHIN_MS = 2 * 60_000;
export const REACH_AGAIN_MS = 3_000;
/** How often the status is asked for until the exchange works. */
export const FOLLOW_EVERY_MS = 5_000;
/** Times of two calls are moved to the monitor's clock with an error of at most what one call takes. */
export const CLOCK_ERROR_MS = STATUS_LIMITS.callTimeoutMs;
/** How long an agent keeps what a reset moved away, unless its own configuration says otherwise. */
export const QUARANTINE_DAYS = 14;
