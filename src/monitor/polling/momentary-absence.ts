import type { StatusOutcome } from "../pos-client/client.ts";

/** An agent that dials in again within so many poll intervals was not away. */
const COUNTED_AFTER_INTERVALS = 2;

export function isNotConnected(outcome: StatusOutcome): boolean {
  return !outcome.ok && outcome.failure.code === "not_connected";
}

/**
 * Whether a poll is not counted because its agent has only just gone, or the monitor has only just started.
 * @param absentMs for how long the agent is not connected, ms.
 */
export function isMomentary(outcome: StatusOutcome, absentMs: number, intervalMs: number): boolean {
  return isNotConnected(outcome) && absentMs < COUNTED_AFTER_INTERVALS * intervalMs;
}
