import type { PosClient, StatusOutcome } from "../pos-client/client.ts";

/** An agent that dials in again within this many poll intervals does not count as away. */
const COUNTED_AFTER_INTERVALS = 2;

export type MomentaryAbsences = ReturnType<typeof createMomentaryAbsences>;

/** Decides which failed polls do not count: those of agents that are away for a moment, or of a monitor that has just started. */
export function createMomentaryAbsences(agents: PosClient["agents"], monotonicClock: () => number) {
  /** By the monotonic clock. Only a poll ends it: an agent may dial in again and again, and be gone at each poll. */
  const missedSince = new Map<number, number>();

  return {
    /** Notes how a poll ended. @returns whether it does not count. */
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
    /** Whether the last poll found no connection of its agent. */
    isMissed: (posServerId: number) => missedSince.has(posServerId),
    /** For a POS server that is called in another way from now on, or no longer. */
    forget(posServerId: number): void {
      missedSince.delete(posServerId);
    },
  };
}
