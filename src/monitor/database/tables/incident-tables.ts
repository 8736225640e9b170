import type { Generated } from "kysely";
import type { ServiceState } from "../../../protocol/status-report.ts";
import type {
  IncidentEnd,
  IncidentEventKind,
  IncidentKind,
  MemberStatus,
} from "../../fleet/incidents/incident.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";

/** Kept by triggers: how many POS servers an incident concerns. */
export interface MemberCountColumns {
  failing: Generated<number>;
  /** Of these nobody knows, or their restaurants are closed. */
  paused: Generated<number>;
  /** All that it has concerned so far. */
  members: Generated<number>;
}

/** One trouble, of one POS server or of many with the same cause. */
export interface IncidentTable extends MemberCountColumns {
  id: Generated<number>;
  kind: IncidentKind;
  /** Of a single one; null = it is of many, or that POS server is gone. */
  posServerId: number | null;
  /** The cause it has now, and how that was found at one POS server. */
  causeKey: string | null;
  state: PosServerState;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  lastSyncAt: number | null;
  detail: string | null;
  /** The same as the search box looks for it. */
  detailSearch: string | null;
  /** Since when it has that cause. */
  causeAt: Generated<number>;
  /** Of a single one, since when its POS server has not answered, though that is not the cause; null = it answers, or it is. */
  silentSince: number | null;
  openedAt: number;
  /** When the last POS server came into it so far. */
  joinedAt: number;
  /** How often it has come back soon after it was over. */
  reopenings: Generated<number>;
  /** Since when it has failed, without a quiet between. */
  failingSince: number;
  /** How long it failed before its last quiet, all in all. */
  downMs: Generated<number>;
  /** Since when no POS server of it fails or may fail; null = one does. */
  quietAt: number | null;
  closedAt: number | null;
  endedBy: IncidentEnd | null;
  /** The incident of many that it has become a part of. */
  partOfId: number | null;
}

/** A POS server that an incident concerns, or has concerned. */
export interface IncidentMemberTable {
  id: Generated<number>;
  incidentId: number;
  /** null = it is gone from the registry, where it had this name. */
  posServerId: number | null;
  posServerName: string | null;
  organizationId: number;
  status: MemberStatus;
  joinedAt: number;
  /** How often it has failed in this incident. */
  failures: Generated<number>;
  leftAt: number | null;
  leftBy: IncidentEnd | null;
}

/** Kept by triggers: the POS servers of an incident by organization; there is no row without any. */
export interface IncidentOrganizationTable extends MemberCountColumns {
  incidentId: number;
  organizationId: number;
}

/** What happened to an incident between its beginning and its end. */
export interface IncidentEventTable {
  id: Generated<number>;
  incidentId: number;
  at: number;
  kind: IncidentEventKind;
  /** JSON: of a cause, a CauseExample; of a return, since when it had been quiet. */
  detail: string | null;
}

/** Kept by `queueTroubleChanges`: POS servers whose trouble may have changed since incidents were looked at. */
export interface TroubleChangeTable {
  posServerId: number;
}
