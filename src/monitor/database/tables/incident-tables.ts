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
  pos_server_id: number | null;
  /** The cause it has now, and how that was found at one POS server. */
  cause_key: string | null;
  state: PosServerState;
  failure_code: FailureCode | null;
  service_state: ServiceState | null;
  last_sync_at: number | null;
  detail: string | null;
  /** The same as the search box looks for it. */
  detail_search: string | null;
  /** Since when it has that cause. */
  cause_at: Generated<number>;
  /** Of a single one, since when its POS server has not answered, though that is not the cause; null = it answers, or it is. */
  silent_since: number | null;
  opened_at: number;
  /** When the last POS server came into it so far. */
  joined_at: number;
  /** How often it has come back soon after it was over. */
  reopenings: Generated<number>;
  /** Since when it has failed, without a quiet between. */
  failing_since: number;
  /** How long it failed before its last quiet, all in all. */
  down_ms: Generated<number>;
  /** Since when no POS server of it fails or may fail; null = one does. */
  quiet_at: number | null;
  closed_at: number | null;
  ended_by: IncidentEnd | null;
  /** The incident of many that it has become a part of. */
  part_of_id: number | null;
}

/** A POS server that an incident concerns, or has concerned. */
export interface IncidentMemberTable {
  id: Generated<number>;
  incident_id: number;
  /** null = it is gone from the registry, where it had this name. */
  pos_server_id: number | null;
  pos_server_name: string | null;
  organization_id: number;
  status: MemberStatus;
  joined_at: number;
  /** How often it has failed in this incident. */
  failures: Generated<number>;
  left_at: number | null;
  left_by: IncidentEnd | null;
}

/** Kept by triggers: the POS servers of an incident by organization; there is no row without any. */
export interface IncidentOrganizationTable extends MemberCountColumns {
  incident_id: number;
  organization_id: number;
}

/** What happened to an incident between its beginning and its end. */
export interface IncidentEventTable {
  id: Generated<number>;
  incident_id: number;
  at: number;
  kind: IncidentEventKind;
  /** JSON: of a cause, a CauseExample; of a return, since when it had been quiet. */
  detail: string | null;
}

/** Kept by `queueTroubleChanges`: POS servers whose trouble may have changed since incidents were looked at. */
export interface TroubleChangeTable {
  pos_server_id: number;
}
