import { STATUS_LIMITS } from "../../pos-client/calls/limits.ts";

const HOUR_MS = 60 * 60_000;

/** Of the logs that are fetched before a reset. */
export const LOG_PERIOD_MS = 24 * HOUR_MS;
/** How long a reset waits for a decision, or for the service to be started. */
export const WAIT_FOR_PERSON_MS = 24 * HOUR_MS;
/** How often the status is asked for until the exchange works. */
export const FOLLOW_EVERY_MS = 5_000;
/** Converted times are wrong by no more than one call takes. */
export const CLOCK_ERROR_MS = STATUS_LIMITS.callTimeoutMs;
