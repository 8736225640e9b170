import type { Generated } from "kysely";
import type { CheckOutcome, Evidence, ServiceState } from "../../../protocol/status-report.ts";
import type { ClosedFor } from "../../fleet/opening-hours/schedule.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";

/** What `copyRegistry` copies into the statuses, for the status page to filter and sort by. */
export interface RegistryCopyColumns {
  organization_id: Generated<number>;
  /** Archived = its organization is. */
  standing: Generated<"active" | "parked" | "archived">;
  organization_sort: Generated<string>;
  name_sort: Generated<string>;
  search_text: Generated<string>;
  /** The ids of its tags, a space before and after each; null = it has none. */
  tag_ids: Generated<string | null>;
  /** Their names as the search box looks for them. */
  tag_search: Generated<string | null>;
}

/** What its opening hours and planned works say of now. */
export interface ClosingColumns {
  /** null = it is open. */
  closed_for: Generated<ClosedFor | null>;
  closed_until: Generated<number | null>;
  /** When this has to be looked at again; null = never. */
  closing_changes_at: Generated<number | null>;
}

/** One row for each POS server: the last report or failure and what follows from it. */
export interface PosStatusTable extends RegistryCopyColumns, ClosingColumns {
  pos_server_id: number;
  state: PosServerState;
  last_update_at: number | null;
  last_sync_at: number | null;
  version_sort: string | null;
  /** Sync error or failure as the search box looks for it. */
  error_search: string | null;
  /** Of a problem `problem_since`: it has one age. Else since when it has been in its state. */
  state_since: number;
  /** Since the first poll that failed; null = the last one did not. */
  silent_since: Generated<number | null>;
  /** Its state by its last report; null = it has never answered. */
  told_state: Generated<PosServerState | null>;
  /** Its `problem_since` by its last report. */
  told_since: Generated<number | null>;
  failed_polls: number;
  failure_code: FailureCode | null;
  failure_detail: string | null;
  /** Folded text of what is wrong, and since when: equal keys are one cause. */
  cause_key: string | null;
  cause_since: number | null;
  /** Since when its exchange has not worked, through silences and whatever else the problem turned into; null while it is in none. */
  problem_since: number | null;
  /** When its last problem ended in an exchange; null before the first one, and from the next problem on. */
  recovered_at: number | null;
  /** Whether it has ever been seen to exchange, 0 or 1: only then can it recover. */
  has_exchanged: Generated<number>;
  last_poll_at: number | null;
  last_attempt_at: number | null;
  sync_error: string | null;
  sync_error_at: number | null;
  version: string | null;
  /** When it was told last, where the last report did not tell it; null = that did, or none ever has. */
  version_told_at: Generated<number | null>;
  service_name: string | null;
  service_state: ServiceState | null;
  service_started_at: number | null;
  /** When a report last told what the service does; null = what is known of it is not known any more. */
  service_told_at: number | null;
  database_exists: number | null;
  database_bytes: number | null;
  database_created_at: number | null;
  database_modified_at: number | null;
  disk_free_bytes: number | null;
  disk_total_bytes: number | null;
  utc_offset_minutes: number | null;
  /** How long its agent keeps what a reset moved away. */
  quarantine_days: Generated<number | null>;
  /** Of its agent's configuration, with why; one a line. */
  unusable_patterns: Generated<string | null>;
  /** What its agent was taught, as `configurationId` of the protocol; empty = nothing, null = it cannot be taught. */
  configuration_id: Generated<string | null>;
  /** Whether its agent finds any logs; null = it does not say. */
  logs_found: Generated<number | null>;
  /** Whether its agent finds logs, but no exchange in them; null = it does not say. */
  logs_unmatched: Generated<number | null>;
  /** By what the last exchange is known; null = it does not say, or none is. */
  log_evidence: Generated<Evidence | null>;
  /** How often its exchanges leave traces (`traceColumns`); null = its agent tells of none. */
  traces: Generated<string | null>;
  /** Since when its log has told of exchanges, by a guess, that leave no traces any more; null = it does not. */
  untraced_since: Generated<number | null>;
  /** Since its agent did not take what it was to be taught, it is not taught before; null = at once. */
  teach_again_at: Generated<number | null>;
  /** Of its agent; null = it does not say. */
  agent_version: Generated<string | null>;
  /** Its process, as it named itself in its last report. */
  agent_machine: Generated<string | null>;
  agent_version_sort: Generated<string | null>;
  agent_platform: Generated<string | null>;
  /** By which an update of its agent has to be signed, as `updateKeyId` of the protocol; null = it takes none. */
  update_key: Generated<string | null>;
  /** The version that its agent went back from. */
  rejected_version: Generated<string | null>;
  clock_shift_ms: number | null;
  /** Known checks that failed, as `id` or `id:why`, one a line; empty = none did, null = it tells of no checks. */
  failed_checks: Generated<string | null>;
  /** Reports in a row by which its port does not answer while the service runs; null = it has never been seen to answer. */
  port_silent_reports: Generated<number | null>;
  /** When its agent last looked at the port, by its own clock. */
  port_checked_at: Generated<number | null>;
}

/** What the last report tells of one thing that an exchange needs; there is none where an agent tells of no checks. */
export interface PosCheckTable {
  pos_server_id: number;
  /** One of `CHECK_IDS`, or one that a newer agent knows. */
  check_id: string;
  outcome: CheckOutcome;
  value: string | null;
  detail: string | null;
  /** Since when the outcome has been what it is. */
  since: number;
}

/** Kept by triggers: how many POS servers of an organization are in a state; parked ones count as `parked`. */
export interface StateCountTable {
  organization_id: number;
  state: PosServerState | "parked";
  pos_servers: number;
}

/** History is transitions only. */
export interface StateChangeTable {
  id: Generated<number>;
  pos_server_id: number;
  at: number;
  state: PosServerState | "parked";
  cause_key: string | null;
  detail: string | null;
}

/** When the network of the monitor itself was gone: within it history is "no data". */
export interface NetworkOutageTable {
  id: Generated<number>;
  began_at: number;
  /** null = it still is. */
  ended_at: number | null;
}

/** From when to when the monitor ran; outside it history is "no data". */
export interface MonitorRunTable {
  id: Generated<number>;
  started_at: number;
  seen_at: number;
}
