import type { ColumnType, Generated } from "kysely";
import type { CheckOutcome, ServiceState } from "../../protocol/status-report.ts";
import type { AuditAction, AuditResult } from "../audit-log/actions.ts";
import type { TakingEnd } from "../fleet/end-takings.ts";
import type { PosServerState } from "../fleet/state.ts";
import type { TeachingFailureCode } from "../log-patterns/sending/teaching-failure.ts";
import type { FailureCode } from "../pos-client/calls/failure.ts";
import type { Connection } from "../pos-client/calls/pos-server.ts";
import type { Language } from "../viewer/language.ts";
import type { EnrolmentCodeTable, EnrolmentTable } from "./enrolment-tables.ts";
import type {
  DatabaseResetStepTable,
  DatabaseResetTable,
  LogArchiveTable,
  LogRequestTable,
  ServiceStartTable,
} from "./request-tables.ts";

/** All times are integer milliseconds UTC, sizes bytes, booleans 0 or 1. */
export interface Database {
  organization: OrganizationTable;
  pos_server: PosServerTable;
  parking: ParkingTable;
  taking: TakingTable;
  restaurant_note: RestaurantNoteTable;
  pos_status: PosStatusTable;
  pos_check: PosCheckTable;
  log_pattern_set: LogPatternSetTable;
  log_pattern_delivery: LogPatternDeliveryTable;
  state_count: StateCountTable;
  state_change: StateChangeTable;
  registry_revision: RegistryRevisionTable;
  monitor_run: MonitorRunTable;
  setting: SettingTable;
  user: UserTable;
  user_organization: UserOrganizationTable;
  saved_view: SavedViewTable;
  wall_token: WallTokenTable;
  wall_token_organization: WallTokenOrganizationTable;
  session: SessionTable;
  invitation: InvitationTable;
  audit_event: AuditEventTable;
  log_request: LogRequestTable;
  log_archive: LogArchiveTable;
  database_reset: DatabaseResetTable;
  database_reset_step: DatabaseResetStepTable;
  service_start: ServiceStartTable;
  enrolment_code: EnrolmentCodeTable;
  enrolment: EnrolmentTable;
}

export interface OrganizationTable {
  id: Generated<number>;
  name: string;
  name_sort: string;
  crm_id: string;
  archived_at: number | null;
  created_at: number;
}

/** The registry: what people entered. */
export interface PosServerTable {
  id: Generated<number>;
  organization_id: number;
  name: string;
  name_sort: string;
  /** Name, address and CrmId as the search box looks for them. */
  search_text: string;
  connection: Connection;
  address: string | null;
  /** The token, encrypted with the key of the data folder. */
  sealed_token: Uint8Array | null;
  fingerprint: string | null;
  /** `posServerId` of the protocol: the identity it was paired with, or gave with its first report. */
  identity: string | null;
  poll_interval_ms: number | null;
  parked: number;
  created_at: number;
}

/** What is known of how a POS server was parked, while it is; there is none for one that was registered as parked. */
export interface ParkingTable {
  pos_server_id: number;
  parked_at: number;
  user_id: number | null;
  user_name: string | null;
  reason: string | null;
  /** When it ends by itself; null = when somebody ends it. */
  ends_at: number | null;
}

/** Who takes care of a POS server, or did: one at a time. */
export interface TakingTable {
  id: Generated<number>;
  pos_server_id: number;
  /** null = that user is gone. */
  user_id: number | null;
  user_name: string;
  note: string | null;
  taken_at: number;
  /** When it ends by itself, if nothing ends it before. */
  ends_at: number;
  ended_at: number | null;
  ended_by: TakingEnd | null;
}

/** What people know of the restaurant of a POS server; there is none where nobody has written anything. */
export interface RestaurantNoteTable {
  pos_server_id: number;
  phone: string | null;
  person: string | null;
  text: string | null;
  user_id: number | null;
  user_name: string;
  changed_at: number;
}

/** What triggers copy from the registry into the statuses, for the status page to filter and sort by. */
export interface RegistryCopyColumns {
  organization_id: Generated<number>;
  /** Archived = its organization is. */
  standing: Generated<"active" | "parked" | "archived">;
  organization_sort: Generated<string>;
  name_sort: Generated<string>;
  search_text: Generated<string>;
}

/** One row for each POS server: the last report or failure and what follows from it. */
export interface PosStatusTable extends RegistryCopyColumns {
  pos_server_id: number;
  state: PosServerState;
  last_update_at: number | null;
  last_sync_at: number | null;
  version_sort: string | null;
  /** Sync error or failure as the search box looks for it. */
  error_search: string | null;
  state_since: number;
  failed_polls: number;
  failure_code: FailureCode | null;
  failure_detail: string | null;
  /** Folded text of what is wrong, and since when: equal keys are one cause. */
  cause_key: string | null;
  cause_since: number | null;
  /** Since when it has been in one problem after another; null while it is in none. */
  problem_since: number | null;
  /** When its last problem ended in an exchange; null before the first one, and from the next problem on. */
  recovered_at: number | null;
  last_poll_at: number | null;
  last_attempt_at: number | null;
  sync_error: string | null;
  sync_error_at: number | null;
  version: string | null;
  service_name: string | null;
  service_state: ServiceState | null;
  service_started_at: number | null;
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
  /** Whether its agent finds logs, but no exchange in them; null = it does not say. */
  logs_unmatched: Generated<number | null>;
  /** Since its agent did not take what it was to be taught, it is not taught before; null = at once. */
  teach_again_at: Generated<number | null>;
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

/** What administrators taught about the lines of logs. Of those that were not taken back the newest is in force. */
export interface LogPatternSetTable {
  id: Generated<number>;
  /** null = for all POS servers. */
  pos_server_id: number | null;
  /** JSON of `TaughtPatterns`. */
  patterns: string;
  /** From whose log; null = it is gone. The name is copied. */
  source_pos_server_id: number | null;
  source_name: string;
  user_id: number | null;
  user_name: string;
  taught_at: number;
  taken_back_at: number | null;
  taken_back_by: string | null;
}

/** The last attempt to teach an agent. */
export interface LogPatternDeliveryTable {
  pos_server_id: number;
  /** What it was to be taught; empty = nothing. */
  configuration_id: string;
  /** Why it did not take that; null = it did. */
  failure_code: TeachingFailureCode | null;
  failure_detail: string | null;
  /** The last `configuration_id` of which the audit log says that the agent refuses it; null = none since it took one. */
  recorded_refusal_id: string | null;
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

/** One row whose number grows with every change of the registry, by whichever process. */
export interface RegistryRevisionTable {
  id: number;
  revision: number;
}

/** From when to when the monitor ran; outside it history is "no data". */
export interface MonitorRunTable {
  id: Generated<number>;
  started_at: number;
  seen_at: number;
}

export interface SettingTable {
  key: string;
  value: string;
}

export interface UserTable {
  id: Generated<number>;
  /** Lower case. */
  login: string;
  name: string;
  name_sort: string;
  /** Login and name as the search box looks for them. */
  search_text: string;
  /** argon2id; null until an invitation is accepted. */
  password_hash: string | null;
  is_administrator: number;
  is_blocked: number;
  /** The right «Настройка предприятия» for all organizations, present and future. */
  has_all_organizations: number;
  /** null = as the browser says. */
  language: Language | null;
  time_zone: string | null;
  created_at: number;
}

/** The right «Настройка предприятия» of a user for an organization. */
export interface UserOrganizationTable {
  user_id: number;
  organization_id: number;
}

/** A list of POS servers as somebody wants to see it again. */
export interface SavedViewTable {
  id: Generated<number>;
  user_id: number;
  name: string;
  /** The address of the list: `/pos-servers?…`. */
  url: string;
}

/** A link to the wall: whoever has it sees the organizations that it names, and can do nothing. */
export interface WallTokenTable {
  id: Generated<number>;
  /** SHA-256 of the token. */
  token_hash: Uint8Array;
  /** Where the screen is. */
  name: string;
  has_all_organizations: number;
  language: Language;
  time_zone: string;
  /** Who made it; the name is copied. */
  user_id: number | null;
  user_name: string;
  created_at: number;
  used_at: number | null;
}

export interface WallTokenOrganizationTable {
  wall_token_id: number;
  organization_id: number;
}

export interface SessionTable {
  id: Generated<number>;
  /** SHA-256 of the cookie's value. */
  token_hash: Uint8Array;
  user_id: number;
  created_at: number;
  /** Last request that a person made; an automatic refresh does not count. */
  seen_at: number;
  address: string;
  browser: string;
}

export interface InvitationTable {
  user_id: number;
  token_hash: Uint8Array;
  expires_at: number;
}

/** Append-only; only `times` and `last_at` grow. Names are copied, so that an event says the same for ever. */
export interface AuditEventTable {
  id: Generated<number>;
  at: number;
  user_id: number | null;
  user_login: string;
  user_name: string | null;
  address: string;
  action: AuditAction;
  result: AuditResult;
  subject: string | null;
  organization_id: number | null;
  pos_server_id: number | null;
  /** Text of events that were recorded before details were data; of no others. */
  detail: ColumnType<string | null, undefined, never>;
  /** JSON of an `AuditDetail`. */
  detail_parts: string | null;
  /** How often it happened, and when last if more than once: of what is repeated at will. */
  times: Generated<number>;
  last_at: ColumnType<number | null, undefined, number>;
  /** Equal for what is one event. */
  repeat_key: ColumnType<Uint8Array | null, Uint8Array | undefined, never>;
}
