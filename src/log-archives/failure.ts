import { FAILURE_CODES, type FailureCode } from "../pos-client/failure.ts";

/**
 * What can go wrong with a log request that is not one of the failures of a call: `parked`: the POS server is switched
 * off; `busy`: it kept saying so; `broken_off`: the stream ended early; `broken_archive`: what came is not the zip that
 * was asked for; `disk_full`, `store_unavailable` (missing or not writable) and `store_error` are of the file store;
 * `archives_failed`: some archives of the request are missing, for the reasons that they have.
 */
export const STORE_FAILURE_CODES = [
  "parked",
  "busy",
  "broken_off",
  "broken_archive",
  "disk_full",
  "store_unavailable",
  "store_error",
  "archives_failed",
] as const;

/** What stands in `failure_code` of a log request and of a log archive. */
export const LOG_FAILURE_CODES = [...FAILURE_CODES, ...STORE_FAILURE_CODES] as const;
export type LogFailureCode = FailureCode | (typeof STORE_FAILURE_CODES)[number];
