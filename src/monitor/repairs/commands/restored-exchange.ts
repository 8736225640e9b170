import type { Selectable } from "kysely";
import type { AuditDetail } from "../../audit-log/detail.ts";
import type { PosStatusTable } from "../../database/tables/status-tables.ts";
import { EXCHANGING_STATES } from "../../fleet/state.ts";

/** The exchange by the last report; times in ms UTC by the monitor's clock. */
export type FollowedStatus = Pick<Selectable<PosStatusTable>, "state" | "lastUpdateAt" | "lastSyncAt">;

/** When a healthy POS server last exchanged, if that was after `since`; else null. */
export function exchangeAfter(
  { state, lastUpdateAt, lastSyncAt }: FollowedStatus,
  since: number,
): number | null {
  if (!EXCHANGING_STATES.includes(state) || lastUpdateAt === null || lastSyncAt === null) return null;
  return lastUpdateAt > since && lastSyncAt > since ? lastSyncAt : null;
}

/** What is known of a service's run after a command; times in ms UTC by the monitor's clock. */
interface KnownRun {
  commandedAt: number;
  /** When the POS server reported that it runs. */
  knownAt: number;
  /** Since when it runs, by the last report. */
  reportedAt: number | null;
}

/** Since when the service ran that exchanged at `syncedAt`; maybe before it was known to run. */
export function runningSince({ commandedAt, knownAt, reportedAt }: KnownRun, syncedAt: number): number {
  if (knownAt <= syncedAt) return knownAt;
  const isOfThisCommand = reportedAt !== null && reportedAt >= commandedAt && reportedAt <= syncedAt;
  return isOfThisCommand ? reportedAt : commandedAt;
}

/** A repair and the exchange that proved it; times in ms UTC, null = not proved. */
interface ProvedRepair {
  /** Since when its service ran. */
  runsAt: number | null;
  syncedAt: number | null;
}

/** How long the exchange took once the service ran; null = unknown. */
export function restoredMs({ runsAt, syncedAt }: ProvedRepair): number | null {
  return runsAt === null || syncedAt === null ? null : restoredAfterMs(runsAt, syncedAt);
}

function restoredAfterMs(runsAt: number, syncedAt: number): number {
  return Math.max(secondsBetween(runsAt, syncedAt), 1000);
}

/** «Обмен восстановлен за 48 с», as the audit log has it. */
export function restoredParts(runsAt: number, syncedAt: number): AuditDetail {
  return [{ key: "exchangeRestored", values: { seconds: restoredAfterMs(runsAt, syncedAt) / 1000 } }];
}

/** Of two times cut to whole seconds, as they are shown. @returns ms. */
export function secondsBetween(from: number, to: number): number {
  return (Math.floor(to / 1000) - Math.floor(from / 1000)) * 1000;
}
