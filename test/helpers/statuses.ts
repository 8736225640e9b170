import type { StateRules } from "../../src/monitor/fleet/state.ts";
import type { PosStatus } from "../../src/monitor/polling/next-status.ts";
import { START } from "./clock.ts";

export const RULES: StateRules = {
  minimumVersion: "34",
  requiredVersion: null,
  staleAfterMs: 10 * 60_000,
  unreachableAfterPolls: 2,
};

/** What is null before the first poll. */
const COLUMNS = `traces untracedSince failureCode failureDetail silentSince stateBefore stateBeforeSince
  closedUntil causeKey causeSince problemSince recoveredAt lastPollAt lastUpdateAt lastSyncAt lastAttemptAt
  syncError syncErrorAt errorSearch version versionSort versionReportedAt serviceName serviceState
  serviceStartedAt serviceReportedAt serviceCanRestart databaseExists databaseBytes databaseCreatedAt
  databaseModifiedAt diskFreeBytes diskTotalBytes utcOffsetMinutes clockShiftMs quarantineDays
  unusablePatterns failedChecks portSilentReports portCheckedAt configurationId logsFound logsUnmatched
  logEvidence agentVersion agentMachine agentVersionSort agentPlatform updateKey rejectedVersion`;

/** The status of a POS server that was just added to the registry. */
export function neverPolled(): PosStatus {
  const known = { posServerId: 7, state: "pending", stateSince: START, failedPolls: 0, hasExchanged: 0 };
  const unknown = Object.fromEntries(COLUMNS.split(/\s+/).map((column) => [column, null]));
  return { ...unknown, ...known } as PosStatus;
}
