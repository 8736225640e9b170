import { HOUR_MS } from "../../../protocol/time-units.ts";
import { STATUS_LIMITS } from "../../pos-client/calls/limits.ts";

/** Of the logs that are fetched before a reset. */
export const LOG_PERIOD_MS = 24 * HOUR_MS;
/** How long a reset waits for a decision, or for the service to be started. */
export const WAIT_FOR_PERSON_MS = 24 * HOUR_MS;
/** How often the status is asked for until the exchange works. */
export const FOLLOW_EVERY_MS = 5_000;
/** Converted times are wrong by no more than one call takes. */
export const CLOCK_ERROR_MS = STATUS_LIMITS.callTimeoutMs;

/**
 * `awaiting_decision` comes only without logs; `awaiting_start` and `starting` only when the POS server does not start its
 * service itself.
 */
export const DATABASE_RESET_STEPS = [
  "fetching_logs",
  "awaiting_decision",
  "resetting",
  "awaiting_start",
  "starting",
  "awaiting_sync",
  "done",
  "failed",
] as const;
export type DatabaseResetStep = (typeof DATABASE_RESET_STEPS)[number];
