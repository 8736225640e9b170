import { STATUS_LIMITS } from "../../pos-client/calls/limits.ts";

const HOUR_MS = 60 * 60_000;

/** The logs that are fetched before a reset. */
export const LOG_PERIOD_MS = 24 * HOUR_MS;
/** How long a reset waits for somebody to decide, or to start the service. */
export const WAIT_FOR_PERSON_MS = 24 * HOUR_MS;
/** How often the status is asked for until the exchange works. */
export const FOLLOW_EVERY_MS = 5_000;
/** Times of two calls are moved to the monitor's clock with an error of at most what one call takes. */
export const CLOCK_ERROR_MS = STATUS_LIMITS.callTimeoutMs;
