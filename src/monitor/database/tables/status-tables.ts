import type { Generated, GeneratedAlways } from "kysely";
import type { CheckOutcome, Evidence, ServiceState } from "../../../protocol/status-report.ts";
import type { ClosedFor } from "../../fleet/opening-hours/schedule.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";

/** What `copyRegistry` copies into the statuses, for the status page to filter and sort by. */
export interface RegistryCopyColumns {
  organizationId: Generated<number>;
  /** Archived = its organization is. */
  standing: Generated<"active" | "parked" | "archived">;
  organizationSort: Generated<string>;
  nameSort: Generated<string>;
  searchText: Generated<string>;
  /** The ids of its tags, a space before and after each; null = it has none. */
  tagIds: Generated<string | null>;
  /** Their names as the search box looks for them. */
  tagSearch: Generated<string | null>;
}

/** What its opening hours and planned works say of now. */
export interface ClosingColumns {
  /** null = it is open. */
  closedFor: Generated<ClosedFor | null>;
  closedUntil: Generated<number | null>;
  /** When this has to be looked at again; null = never. */
  closingChangesAt: Generated<number | null>;
}

/** One row for each POS server: the last report or failure and what follows from it. */
export interface PosStatusTable extends RegistryCopyColumns, ClosingColumns {
  posServerId: number;
  state: PosServerState;
  lastUpdateAt: number | null;
  lastSyncAt: number | null;
  versionSort: string | null;
  /** By which the list is sorted, worst first and the longest first. */
  stateRank: GeneratedAlways<number>;
  stateAge: GeneratedAlways<number>;
  errorRank: GeneratedAlways<number>;
  /** Sync error or failure as the search box looks for it. */
  errorSearch: string | null;
  /** Of a problem `problemSince`: it has one age. Else since when it has been in its state. */
  stateSince: number;
  /** Since the first poll that failed; null = the last one did not. */
  silentSince: Generated<number | null>;
  /** Its state by its last report; null = it has never answered. */
  stateBefore: Generated<PosServerState | null>;
  /** Its `problemSince` by its last report. */
  stateBeforeSince: Generated<number | null>;
  failedPolls: number;
  failureCode: FailureCode | null;
  failureDetail: string | null;
  /** Folded text of what is wrong, and since when: equal keys are one cause. */
  causeKey: string | null;
  causeSince: number | null;
  /** Since when its exchange has not worked, through silences and whatever else the problem turned into; null while it is in none. */
  problemSince: number | null;
  /** When its last problem ended in an exchange; null before the first one, and from the next problem on. */
  recoveredAt: number | null;
  /** Whether it has ever been seen to exchange, 0 or 1: only then can it recover. */
  hasExchanged: Generated<number>;
  lastPollAt: number | null;
  lastAttemptAt: number | null;
  syncError: string | null;
  syncErrorAt: number | null;
  version: string | null;
  /** When it was told last, where the last report did not tell it; null = that did, or none ever has. */
  versionReportedAt: Generated<number | null>;
  serviceName: string | null;
  serviceState: ServiceState | null;
  serviceStartedAt: number | null;
  /** When a report last told what the service does; null = what is known of it is not known any more. */
  serviceReportedAt: number | null;
  databaseExists: number | null;
  databaseBytes: number | null;
  databaseCreatedAt: number | null;
  databaseModifiedAt: number | null;
  diskFreeBytes: number | null;
  diskTotalBytes: number | null;
  utcOffsetMinutes: number | null;
  /** How long its agent keeps what a reset moved away. */
  quarantineDays: Generated<number | null>;
  /** Of its agent's configuration, with why; one a line. */
  unusablePatterns: Generated<string | null>;
  /** What its agent was taught, as `configurationId` of the protocol; empty = nothing, null = it cannot be taught. */
  configurationId: Generated<string | null>;
  /** Whether its agent finds any logs; null = it does not say. */
  logsFound: Generated<number | null>;
  /** Whether its agent finds logs, but no exchange in them; null = it does not say. */
  logsUnmatched: Generated<number | null>;
  /** By what the last exchange is known; null = it does not say, or none is. */
  logEvidence: Generated<Evidence | null>;
  /** How often its exchanges leave traces (`traceColumns`); null = its agent tells of none. */
  traces: Generated<string | null>;
  /** Since when its log has told of exchanges, by a guess, that leave no traces any more; null = it does not. */
  untracedSince: Generated<number | null>;
  /** Since its agent did not take what it was to be taught, it is not taught before; null = at once. */
  teachAgainAt: Generated<number | null>;
  /** Of its agent; null = it does not say. */
  agentVersion: Generated<string | null>;
  /** Its process, as it named itself in its last report. */
  agentMachine: Generated<string | null>;
  agentVersionSort: Generated<string | null>;
  agentPlatform: Generated<string | null>;
  /** By which an update of its agent has to be signed, as `updateKeyId` of the protocol; null = it takes none. */
  updateKey: Generated<string | null>;
  /** The version that its agent went back from. */
  rejectedVersion: Generated<string | null>;
  clockShiftMs: number | null;
  /** Known checks that failed, as `id` or `id:why`, one a line; empty = none did, null = it tells of no checks. */
  failedChecks: Generated<string | null>;
  /** Reports in a row by which its port does not answer while the service runs; null = it has never been seen to answer. */
  portSilentReports: Generated<number | null>;
  /** When its agent last looked at the port, by its own clock. */
  portCheckedAt: Generated<number | null>;
}

/** What the last report tells of one thing that an exchange needs; there is none where an agent tells of no checks. */
export interface PosCheckTable {
  posServerId: number;
  /** One of `CHECK_IDS`, or one that a newer agent knows. */
  checkId: string;
  outcome: CheckOutcome;
  value: string | null;
  detail: string | null;
  /** Since when the outcome has been what it is. */
  since: number;
}

/** Kept by triggers: how many POS servers of an organization are in a state; parked ones count as `parked`. */
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
  causeKey: string | null;
  detail: string | null;
}

/** When the network of the monitor itself was gone: within it history is "no data". */
export interface NetworkOutageTable {
  id: Generated<number>;
  beganAt: number;
  /** null = it still is. */
  endedAt: number | null;
}

/** From when to when the monitor ran; outside it history is "no data". */
export interface MonitorRunTable {
  id: Generated<number>;
  startedAt: number;
  seenAt: number;
}
