import type { PosClient, StatusOutcome } from "../pos-client/client.ts";

/** An agent that dials in again within so many poll intervals was not away. */
const COUNTED_AFTER_INTERVALS = 2;

/** Decides which polls are not counted: those of agents that have only just gone, or of a monitor that has only just started. */
export interface MomentaryAbsences {
  /** To be told how each poll ended. @returns whether it is not counted. */
  note(posServerId: number, outcome: StatusOutcome, intervalMs: number): boolean;
  /** Whether polls have found no connection of its agent since one ended in another way. */
  isMissed(posServerId: number): boolean;
  /** It is reached in another way from now on, or not at all. */
  forget(posServerId: number): void;
}

/** @param monotonicClock ms, only ever forwards. */
export function createMomentaryAbsences(
  agents: PosClient["agents"],
  monotonicClock: () => number,
): MomentaryAbsences {
  /** By the monotonic clock. Only an answer ends it: an agent may dial in again and again, and be gone at each poll. */
  const missedSince = new Map<number, number>();

  return {
    note(posServerId, outcome, intervalMs) {
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
    isMissed: (posServerId) => missedSince.has(posServerId),
    forget(posServerId) {
      missedSince.delete(posServerId);
    },
  };
}
