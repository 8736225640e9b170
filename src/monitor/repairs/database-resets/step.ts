/**
 * How a reset goes. `fetching_logs` is left out when nobody wants logs; `awaiting_decision` comes only when they could
 * not be fetched; `awaiting_start` and `starting` are left out when the POS server starts its service after the reset.
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
