import type { AuditDetail } from "../../audit-log/detail.ts";
import { EXCHANGING_STATES, type PosServerState } from "../../fleet/state.ts";

/** What the last report says of the exchange; times are ms UTC, by the monitor's clock. */
export interface FollowedStatus {
  state: PosServerState;
  lastUpdateAt: number | null;
  lastSyncAt: number | null;
}

/** The last exchange of a healthy POS server, if it came after `since`. Pure. @returns when it succeeded, or null. */
export function exchangeAfter(
  { state, lastUpdateAt, lastSyncAt }: FollowedStatus,
  since: number,
): number | null {
  if (!EXCHANGING_STATES.includes(state) || lastUpdateAt === null || lastSyncAt === null) return null;
  return lastUpdateAt > since && lastSyncAt > since ? lastSyncAt : null;
}

/** What is known of when a service began to run after a command; times are ms UTC, by the monitor's clock. */
export interface KnownRun {
  /** When the POS server was told. */
  commandedAt: number;
  /** When the POS server had told that it runs. */
  knownAt: number;
  /** Since when it runs by the last report. */
  reportedAt: number | null;
}

/** Since when the service ran that exchanged at `syncedAt`, which may be before anybody knew that it ran. Pure. */
export function runningSince({ commandedAt, knownAt, reportedAt }: KnownRun, syncedAt: number): number {
  if (knownAt <= syncedAt) return knownAt;
  const isOfThisCommand = reportedAt !== null && reportedAt >= commandedAt && reportedAt <= syncedAt;
  return isOfThisCommand ? reportedAt : commandedAt;
}

/** What is stored of a repair and of the exchange that proved it; times are ms UTC. */
export interface ProvedRepair {
  requestedAt: number;
  /** When a POS server was told to reset its database. */
  begunAt?: number | null;
  /** Since when its service ran; null in repairs from before that was noted. */
  runsAt: number | null;
  syncedAt: number | null;
}

/** How long the exchange took from the moment when the service ran; null where none is known to have come. Pure. */
export function restoredMs({ requestedAt, begunAt, runsAt, syncedAt }: ProvedRepair): number | null {
  return syncedAt === null ? null : restoredAfterMs(runsAt ?? begunAt ?? requestedAt, syncedAt);
}

/** A second at least. */
function restoredAfterMs(runsAt: number, syncedAt: number): number {
  return Math.max(secondsBetween(runsAt, syncedAt), 1000);
}

/** «Обмен восстановлен за 48 с», as the audit log has it. */
export function restoredParts(runsAt: number, syncedAt: number): AuditDetail {
  return [{ key: "exchangeRestored", values: { seconds: restoredAfterMs(runsAt, syncedAt) / 1000 } }];
}

/** Between two times as they are shown, to the second: whoever subtracts them finds just this. Pure. @returns ms. */
export function secondsBetween(from: number, to: number): number {
  return (Math.floor(to / 1000) - Math.floor(from / 1000)) * 1000;
}
