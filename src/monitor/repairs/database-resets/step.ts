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
