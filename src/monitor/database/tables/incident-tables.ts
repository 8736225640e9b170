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

/** Kept by triggers: numbers of POS servers; `members` counts all so far. */
interface MemberCountColumns {
  failing: Generated<number>;
  paused: Generated<number>;
  members: Generated<number>;
}

/** A trouble of one POS server, or of many with the same cause. */
export interface IncidentTable extends MemberCountColumns {
  id: Generated<number>;
  kind: IncidentKind;
  /** Of a single incident; null = it is common, or its POS server is gone. */
  posServerId: number | null;
  /** The present cause, and below what belongs to the example of it. */
  causeId: number | null;
  state: PosServerState;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  lastSyncAt: number | null;
  causeAt: Generated<number>;
  /** By which it is found once it is over: its cause, not counting what repairs brought about. */
  knownAs: string | null;
  openedAt: number;
  joinedAt: number;
  reopenings: Generated<number>;
  failingSince: number;
  /** How long it failed in total before it was last quiet. */
  downMs: Generated<number>;
  /** Since when none of its POS servers fails or is paused; null = one does. */
  quietAt: number | null;
  closedAt: number | null;
  endedBy: IncidentEnd | null;
  /** The common incident that it has become part of. */
  partOfId: number | null;
}

/** POS servers that an incident concerns, or has concerned. */
export interface IncidentMemberTable {
  id: Generated<number>;
  incidentId: number;
  /** null = removed from the registry, where it had this name. */
  posServerId: number | null;
  posServerName: string | null;
  organizationId: number;
  status: MemberStatus;
  joinedAt: number;
  failures: Generated<number>;
  leftAt: number | null;
  leftBy: IncidentEnd | null;
}

/** Kept by triggers. */
export interface IncidentOrganizationTable extends MemberCountColumns {
  incidentId: number;
  organizationId: number;
}

export interface IncidentEventTable {
  id: Generated<number>;
  incidentId: number;
  at: number;
  kind: IncidentEventKind;
  /** JSON: a CauseExample, or since when an incident that came back had been quiet. */
  detail: string | null;
}

/** POS servers whose trouble may have changed, written by `queueTroubleChanges`. */
export interface TroubleChangeTable {
  posServerId: number;
}
