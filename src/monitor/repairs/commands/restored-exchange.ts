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

/** An exchange that works again after a command, and what it is counted from. */
export interface RestoredExchange {
  syncedAt: number;
  /** When the POS server was told. */
  toldAt: number;
  /** When it was known that the service runs; null = nobody knows. */
  runsAt: number | null;
}

/** From the moment when the service ran; from the command where the exchange came before anybody knew that it did. Pure. */
export function restoredAfterMs({ syncedAt, toldAt, runsAt }: RestoredExchange): number {
  const since = runsAt !== null && runsAt <= syncedAt ? runsAt : toldAt;
  return Math.max(secondsBetween(since, syncedAt), 0);
}

/** Between two times as they are shown, to the second: whoever subtracts them finds just this. Pure. @returns ms. */
export function secondsBetween(from: number, to: number): number {
  return (Math.floor(to / 1000) - Math.floor(from / 1000)) * 1000;
}

/** «Обмен восстановлен за 48 с», as the audit log has it. */
export function restoredParts(restored: RestoredExchange): AuditDetail {
  return [{ key: "exchangeRestored", values: { seconds: restoredAfterMs(restored) / 1000 } }];
}
