import type { PosClient, StatusOutcome } from "../pos-client/client.ts";

/** An agent that is back within so many poll intervals was not away. */
const COUNTED_AFTER_INTERVALS = 2;

export type MomentaryAbsences = ReturnType<typeof createMomentaryAbsences>;

/** Decides which failed polls do not count: agents are away for a moment, or the monitor has just started. */
export function createMomentaryAbsences(agents: PosClient["agents"], monotonicClock: () => number) {
  /** By the monotonic clock. Only a poll ends it: an agent may dial in again and again, and be gone at each poll. */
  const missedSince = new Map<number, number>();

  return {
    /** @returns whether the poll does not count. */
    note(posServerId: number, outcome: StatusOutcome, intervalMs: number): boolean {
      if (outcome.ok || outcome.failure.code !== "not_connected") {
        missedSince.delete(posServerId);
        return false;
      }
      const now = monotonicClock();
      const since = missedSince.get(posServerId) ?? now;
      missedSince.set(posServerId, since);
      const awayMs = Math.max(now - since, agents.absentMs(posServerId));
      return awayMs < COUNTED_AFTER_INTERVALS * intervalMs;
    },
    /** Whether the last poll found its agent away. */
    isMissed: (posServerId: number) => missedSince.has(posServerId),
    /** For a POS server that is now called another way, or no longer. */
    forget(posServerId: number): void {
      missedSince.delete(posServerId);
    },
  };
}
