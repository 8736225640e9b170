import type { PosServerState } from "./state.ts";

/** What is known of a POS server whose agent may have to be taught. */
export interface TeachingFacts {
  state: PosServerState;
  syncError: string | null;
  lastSyncAt?: number | null;
  unusablePatterns?: string | null;
  /** Empty = its agent was taught nothing; null = it cannot be taught. */
  configurationId?: string | null;
  /** 0 = its agent finds no logs. */
  logsFound?: number | null;
  /** 1 = its agent finds logs, but no exchange in them. */
  logsUnmatched?: number | null;
}

/** Whether somebody has to teach the agent what an exchange looks like in its log. */
export function needsTeaching(facts: TeachingFacts): boolean {
  const { state, syncError, lastSyncAt, unusablePatterns, configurationId, logsFound, logsUnmatched } = facts;
  if (state !== "sync_stale" || syncError !== null || (unusablePatterns ?? null) !== null) return false;
  if (logsFound === 0) return false;
  return (configurationId ?? null) !== null && (lastSyncAt === null || logsUnmatched === 1);
}
