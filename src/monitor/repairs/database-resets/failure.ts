/** How a reset can fail beside the failures of calls (FAILURE_CODES) and of the POS server itself (COMMAND_ERRORS). */
export const RESET_FAILURES = [
  "parked",
  "unsupported",
  "no_address",
  "unprotected",
  "refused",
  "not_offered",
  "busy",
  "outcome_unknown",
  "command_failed",
  "logs_failed",
  "no_decision",
  "cancelled",
  "not_started",
  "no_exchange",
  "restored_copy",
  "restored",
] as const;
