import { STATUS_LIMITS } from "../../pos-client/calls/limits.ts";

const HOUR_MS = 60 * 60_000;

/** The period of the logs that are fetched before a reset. */
export const LOG_PERIOD_MS = 24 * HOUR_MS;
/** How long a reset waits for a decision, or for the service to be started. */
export const WAIT_FOR_PERSON_MS = 24 * HOUR_MS;
/** How often the status is asked for until the exchange works. */
export const FOLLOW_EVERY_MS = 5_000;
/** The error of times that are converted to the monitor's clock: what one call takes at most. */
export const CLOCK_ERROR_MS = STATUS_LIMITS.callTimeoutMs;
