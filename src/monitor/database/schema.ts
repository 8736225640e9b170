import type { Kysely } from "kysely";
import type * as agent from "./tables/agent-tables.ts";
import type * as incident from "./tables/incident-tables.ts";
import type * as notification from "./tables/notification-tables.ts";
import type * as people from "./tables/people-tables.ts";
import type * as registry from "./tables/registry-tables.ts";
import type * as request from "./tables/request-tables.ts";
import type * as status from "./tables/status-tables.ts";

/** All times are integer milliseconds UTC, sizes bytes, booleans 0 or 1. */
export interface Database {
  organization: registry.OrganizationTable;
  posServer: registry.PosServerTable;
  parking: registry.ParkingTable;
  acknowledgement: registry.AcknowledgementTable;
  restaurantNote: registry.RestaurantNoteTable;
  openingHours: registry.OpeningHoursTable;
  tag: registry.TagTable;
  posServerTag: registry.PosServerTagTable;
  posStatus: status.PosStatusTable;
  posCheck: status.PosCheckTable;
  logPatternSet: agent.LogPatternSetTable;
  logPatternDelivery: agent.LogPatternDeliveryTable;
  stateCount: status.StateCountTable;
  stateChange: status.StateChangeTable;
  cause: status.CauseTable;
  troubleChange: incident.TroubleChangeTable;
  incident: incident.IncidentTable;
  incidentMember: incident.IncidentMemberTable;
  incidentOrganization: incident.IncidentOrganizationTable;
  incidentEvent: incident.IncidentEventTable;
  incidentChange: notification.IncidentChangeTable;
  channel: notification.ChannelTable;
  notificationRule: notification.NotificationRuleTable;
  message: notification.MessageTable;
  delivery: notification.DeliveryTable;
  messengerAccount: notification.MessengerAccountTable;
  messengerCode: notification.MessengerCodeTable;
  registryRevision: registry.RegistryRevisionTable;
  monitorRun: status.MonitorRunTable;
  networkOutage: status.NetworkOutageTable;
  setting: people.SettingTable;
  user: people.UserTable;
  userOrganization: people.UserOrganizationTable;
  savedView: people.SavedViewTable;
  reportSubscription: people.ReportSubscriptionTable;
  accessToken: people.AccessTokenTable;
  session: people.SessionTable;
  invitation: people.InvitationTable;
  auditEvent: people.AuditEventTable;
  logRequest: request.LogRequestTable;
  logArchive: request.LogArchiveTable;
  databaseReset: request.DatabaseResetTable;
  databaseResetStep: request.DatabaseResetStepTable;
  serviceStart: request.ServiceStartTable;
  batch: request.BatchTable;
  batchItem: request.BatchItemTable;
  logExcerpt: request.LogExcerptTable;
  logSearch: request.LogSearchTable;
  logSearchItem: request.LogSearchItemTable;
  enrolmentCode: agent.EnrolmentCodeTable;
  enrolment: agent.EnrolmentTable;
  agentRollout: agent.AgentRolloutTable;
  agentUpdate: agent.AgentUpdateTable;
}

/** The database, or a transaction in it. */
export type Db = Kysely<Database>;
