import type { Kysely } from "kysely";
import type { AgentRolloutTable, AgentUpdateTable } from "./tables/agent-update-tables.ts";
import type { EnrolmentCodeTable, EnrolmentTable } from "./tables/enrolment-tables.ts";
import type {
  IncidentEventTable,
  IncidentMemberTable,
  IncidentOrganizationTable,
  IncidentTable,
  TroubleChangeTable,
} from "./tables/incident-tables.ts";
import type { LogPatternDeliveryTable, LogPatternSetTable } from "./tables/log-pattern-tables.ts";
import type {
  ChannelTable,
  DeliveryTable,
  IncidentChangeTable,
  MessageTable,
  MessengerAccountTable,
  MessengerCodeTable,
  NotificationRuleTable,
  PushKeyTable,
} from "./tables/notification-tables.ts";
import type {
  InvitationTable,
  SavedViewTable,
  SessionTable,
  UserOrganizationTable,
  UserTable,
  WallTokenOrganizationTable,
  WallTokenTable,
} from "./tables/people-tables.ts";
import type { AuditEventTable, SettingTable } from "./tables/program-tables.ts";
import type {
  AcknowledgementTable,
  OpeningHoursTable,
  OrganizationTable,
  ParkingTable,
  PosServerTable,
  PosServerTagTable,
  RegistryRevisionTable,
  RestaurantNoteTable,
  TagTable,
} from "./tables/registry-tables.ts";
import type {
  DatabaseResetStepTable,
  DatabaseResetTable,
  LogArchiveTable,
  LogRequestTable,
  ServiceStartTable,
} from "./tables/request-tables.ts";
import type {
  MonitorRunTable,
  NetworkOutageTable,
  PosCheckTable,
  PosStatusTable,
  StateChangeTable,
  StateCountTable,
} from "./tables/status-tables.ts";

/** All times are integer milliseconds UTC, sizes bytes, booleans 0 or 1. */
export interface Database {
  organization: OrganizationTable;
  pos_server: PosServerTable;
  parking: ParkingTable;
  acknowledgement: AcknowledgementTable;
  restaurant_note: RestaurantNoteTable;
  opening_hours: OpeningHoursTable;
  tag: TagTable;
  pos_server_tag: PosServerTagTable;
  pos_status: PosStatusTable;
  pos_check: PosCheckTable;
  log_pattern_set: LogPatternSetTable;
  log_pattern_delivery: LogPatternDeliveryTable;
  state_count: StateCountTable;
  state_change: StateChangeTable;
  trouble_change: TroubleChangeTable;
  incident: IncidentTable;
  incident_member: IncidentMemberTable;
  incident_organization: IncidentOrganizationTable;
  incident_event: IncidentEventTable;
  incident_change: IncidentChangeTable;
  channel: ChannelTable;
  telling_rule: NotificationRuleTable;
  message: MessageTable;
  delivery: DeliveryTable;
  push_key: PushKeyTable;
  messenger_account: MessengerAccountTable;
  messenger_code: MessengerCodeTable;
  registry_revision: RegistryRevisionTable;
  monitor_run: MonitorRunTable;
  network_outage: NetworkOutageTable;
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
  agent_rollout: AgentRolloutTable;
  agent_update: AgentUpdateTable;
}

/** The database, or a transaction in it. */
export type Db = Kysely<Database>;
