/**
 * How a reset goes. `fetching_logs` is left out when nobody wants logs, `awaiting_start` and `starting` when the POS
 * server starts its service by itself after the reset.
 */
export const DATABASE_RESET_STEPS = [
  "fetching_logs",
  "resetting",
  "awaiting_start",
  "starting",
  "awaiting_sync",
  "done",
  "failed",
] as const;
export type DatabaseResetStep = (typeof DATABASE_RESET_STEPS)[number];
