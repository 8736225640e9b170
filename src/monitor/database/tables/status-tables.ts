import type { Generated, GeneratedAlways } from "kysely";
import type { CheckOutcome, Evidence, ServiceState } from "../../../protocol/status-report.ts";
import type { ClosedFor } from "../../fleet/opening-hours/schedule.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";

/** Copied by `copyRegistry`, for lists to filter and sort by. */
export interface RegistryCopyColumns {
  organizationId: Generated<number>;
  /** `archived`: its organization is. */
  standing: Generated<"active" | "parked" | "archived">;
  organizationSort: Generated<string>;
  nameSort: Generated<string>;
  searchText: Generated<string>;
  /** With a space before and after each; null = it has none. */
  tagIds: Generated<string | null>;
  tagSearch: Generated<string | null>;
}

export interface ClosingColumns {
  /** null = it is open. */
  closedFor: Generated<ClosedFor | null>;
  closedUntil: Generated<number | null>;
  /** When this has to be checked again; null = never. */
  closingChangesAt: Generated<number | null>;
}

/** One row for each POS server: its last report or failure, and what follows from it. */
export interface PosStatusTable extends RegistryCopyColumns, ClosingColumns {
  posServerId: number;
  state: PosServerState;
  lastUpdateAt: number | null;
  lastSyncAt: number | null;
  versionSort: string | null;
  /** The list is sorted by these, worst and longest first. */
  stateRank: GeneratedAlways<number>;
  stateAge: GeneratedAlways<number>;
  errorRank: GeneratedAlways<number>;
  /** Sync error or failure, for the search box. */
  errorSearch: string | null;
  /** For a problem `problemSince`, else since when it has been in its state. */
  stateSince: number;
  /** Since the first failed poll; null = the last one did not fail. */
  silentSince: Generated<number | null>;
  /** Its state by its last report; null = it has never answered. */
  stateBefore: Generated<PosServerState | null>;
  /** Its `problemSince` by its last report. */
  stateBeforeSince: Generated<number | null>;
  failedPolls: number;
  failureCode: FailureCode | null;
  failureDetail: string | null;
  /** Equal keys are one cause. */
  causeKey: string | null;
  causeSince: number | null;
  /** Since when its exchange has not worked, even if the problem has changed; null = it works. */
  problemSince: number | null;
  /** When its last problem ended in an exchange; null = never, or it has another problem. */
  recoveredAt: number | null;
  /** How often its exchange has stopped, each time soon after it had come back. */
  failuresInRow: Generated<number>;
  /** Whether an exchange was ever seen: only then can it recover. */
  hasExchanged: Generated<number>;
  lastPollAt: number | null;
  lastAttemptAt: number | null;
  syncError: string | null;
  syncErrorAt: number | null;
  version: string | null;
  /** When it was last reported, if not in the last report; else null. */
  versionReportedAt: Generated<number | null>;
  serviceName: string | null;
  serviceState: ServiceState | null;
  /** 1 = its agent can restart it. */
  serviceCanRestart: number | null;
  serviceStartedAt: number | null;
  /** When its state was last reported; null = unknown by now. */
  serviceReportedAt: number | null;
  databaseExists: number | null;
  databaseBytes: number | null;
  databaseCreatedAt: number | null;
  databaseModifiedAt: number | null;
  diskFreeBytes: number | null;
  diskTotalBytes: number | null;
  utcOffsetMinutes: number | null;
  /** How long its agent keeps a database that was reset. */
  quarantineDays: Generated<number | null>;
  /** One a line, with the reason. */
  unusablePatterns: Generated<string | null>;
  /** `configurationId` of the patterns that its agent was taught; empty = none, null = there is no agent. */
  configurationId: Generated<string | null>;
  logsFound: Generated<number | null>;
  /** Its agent finds logs, but no exchange in them. */
  logsUnmatched: Generated<number | null>;
  logEvidence: Generated<Evidence | null>;
  /** How often its exchanges leave traces (`traceColumns`); null = its agent reports none. */
  traces: Generated<string | null>;
  /** Since when guessed exchanges in its log leave no traces any more; null = they do. */
  untracedSince: Generated<number | null>;
  /** When its agent is taught again after it refused; null = at once. */
  teachAgainAt: Generated<number | null>;
  agentVersion: Generated<string | null>;
  /** The process of its agent. */
  agentMachine: Generated<string | null>;
  agentVersionSort: Generated<string | null>;
  agentPlatform: Generated<string | null>;
  /** The key that signs updates of its agent, as `updateKeyId` of the protocol; null = it takes none. */
  updateKey: Generated<string | null>;
  /** The version that its agent went back from. */
  rejectedVersion: Generated<string | null>;
  clockShiftMs: number | null;
  /** Known checks that failed, as `id` or `id:why`, one a line; empty = none failed, null = none are reported. */
  failedChecks: Generated<string | null>;
  /** Reports in a row by which its port does not answer while the service runs; null = it has never been seen to answer. */
  portSilentReports: Generated<number | null>;
  /** When its agent last checked the port, by its own clock. */
  portCheckedAt: Generated<number | null>;
}

export interface PosCheckTable {
  posServerId: number;
  /** One of `CHECK_IDS`, or one that a newer agent knows. */
  checkId: string;
  outcome: CheckOutcome;
  value: string | null;
  detail: string | null;
  /** Since when the outcome has been the same. */
  since: number;
}

/** Kept by triggers; parked POS servers count only as `parked`. */
export interface StateCountTable {
  organizationId: number;
  state: PosServerState | "parked";
  posServers: number;
}

/** History is transitions only. */
export interface StateChangeTable {
  id: Generated<number>;
  posServerId: number;
  at: number;
  state: PosServerState | "parked";
  causeId: number | null;
}

/** Causes of transitions and incidents, written by `keepCauses`. */
export interface CauseTable {
  id: Generated<number>;
  /** Of key and detail. */
  digest: string;
  causeKey: string | null;
  detail: string | null;
  /** The detail as it is searched. */
  search: string;
}

/** Its key, and an error in words. */
export type CauseInWords = Pick<CauseTable, "causeKey" | "detail">;

/** When the monitor's own network was down: history is "no data" then. */
export interface NetworkOutageTable {
  id: Generated<number>;
  beganAt: number;
  /** null = it still is. */
  endedAt: number | null;
}

/** When the monitor ran: history is "no data" at other times. */
export interface MonitorRunTable {
  id: Generated<number>;
  startedAt: number;
  seenAt: number;
}
