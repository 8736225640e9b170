import type { Kysely } from "kysely";
import type { AgentRolloutTable, AgentUpdateTable } from "./tables/agent-update-tables.ts";
import type { EnrolmentCodeTable, EnrolmentTable } from "./tables/enrolment-tables.ts";
import type {
  IncidentEventTable,
  IncidentMemberTable,
  IncidentOrganizationTable,
  IncidentTable,
  PackedIncidentTable,
  TroubleChangeTable,
} from "./tables/incident-tables.ts";
import type { LogPatternDeliveryTable, LogPatternSetTable } from "./tables/log-pattern-tables.ts";
import type { LogSearchItemTable, LogSearchTable } from "./tables/log-search-tables.ts";
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
  ApiTokenOrganizationTable,
  ApiTokenTable,
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
  PastOpeningHoursTable,
  PastStayTable,
  ReportSubscriptionTable,
} from "./tables/report-tables.ts";
import type {
  BatchItemTable,
  BatchTable,
  DatabaseResetStepTable,
  DatabaseResetTable,
  LogArchiveTable,
  LogExcerptTable,
  LogRequestTable,
  ServiceStartTable,
} from "./tables/request-tables.ts";
import type {
  MonitorRunTable,
  NetworkOutageTable,
  PackedStateChangeTable,
  PosCheckTable,
  PosStatusTable,
  StateChangeTable,
  StateCountTable,
} from "./tables/status-tables.ts";

/** All times are integer milliseconds UTC, sizes bytes, booleans 0 or 1. */
export interface Database {
  organization: OrganizationTable;
  posServer: PosServerTable;
  parking: ParkingTable;
  acknowledgement: AcknowledgementTable;
  restaurantNote: RestaurantNoteTable;
  openingHours: OpeningHoursTable;
  pastOpeningHours: PastOpeningHoursTable;
  pastStay: PastStayTable;
  tag: TagTable;
  posServerTag: PosServerTagTable;
  posStatus: PosStatusTable;
  posCheck: PosCheckTable;
  logPatternSet: LogPatternSetTable;
  logPatternDelivery: LogPatternDeliveryTable;
  stateCount: StateCountTable;
  stateChange: StateChangeTable;
  packedStateChange: PackedStateChangeTable;
  troubleChange: TroubleChangeTable;
  incident: IncidentTable;
  incidentMember: IncidentMemberTable;
  incidentOrganization: IncidentOrganizationTable;
  incidentEvent: IncidentEventTable;
  incidentChange: IncidentChangeTable;
  packedIncident: PackedIncidentTable;
  channel: ChannelTable;
  notificationRule: NotificationRuleTable;
  message: MessageTable;
  delivery: DeliveryTable;
  pushKey: PushKeyTable;
  messengerAccount: MessengerAccountTable;
  messengerCode: MessengerCodeTable;
  registryRevision: RegistryRevisionTable;
  monitorRun: MonitorRunTable;
  networkOutage: NetworkOutageTable;
  setting: SettingTable;
  user: UserTable;
  userOrganization: UserOrganizationTable;
  savedView: SavedViewTable;
  reportSubscription: ReportSubscriptionTable;
  apiToken: ApiTokenTable;
  apiTokenOrganization: ApiTokenOrganizationTable;
  wallToken: WallTokenTable;
  wallTokenOrganization: WallTokenOrganizationTable;
  session: SessionTable;
  invitation: InvitationTable;
  auditEvent: AuditEventTable;
  logRequest: LogRequestTable;
  logArchive: LogArchiveTable;
  databaseReset: DatabaseResetTable;
  databaseResetStep: DatabaseResetStepTable;
  serviceStart: ServiceStartTable;
  batch: BatchTable;
  batchItem: BatchItemTable;
  logExcerpt: LogExcerptTable;
  logSearch: LogSearchTable;
  logSearchItem: LogSearchItemTable;
  enrolmentCode: EnrolmentCodeTable;
  enrolment: EnrolmentTable;
  agentRollout: AgentRolloutTable;
  agentUpdate: AgentUpdateTable;
}

/** The database, or a transaction in it. */
export type Db = Kysely<Database>;
