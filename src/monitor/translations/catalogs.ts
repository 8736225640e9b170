import enAcknowledgements from "./en/acknowledgements.json" with { type: "json" };
import enAgentUpdates from "./en/agent-updates.json" with { type: "json" };
import enAudit from "./en/audit.json" with { type: "json" };
import enBackups from "./en/backups.json" with { type: "json" };
import enCallDetails from "./en/call-details.json" with { type: "json" };
import enCauses from "./en/causes.json" with { type: "json" };
import enChannels from "./en/channels.json" with { type: "json" };
import enCommon from "./en/common.json" with { type: "json" };
import enDatabaseResets from "./en/database-resets.json" with { type: "json" };
import enEnrolment from "./en/enrolment.json" with { type: "json" };
import enExcel from "./en/excel.json" with { type: "json" };
import enFirstStart from "./en/first-start.json" with { type: "json" };
import enIncidents from "./en/incidents.json" with { type: "json" };
import enLogArchives from "./en/log-archives.json" with { type: "json" };
import enLogPatterns from "./en/log-patterns.json" with { type: "json" };
import enLogViewer from "./en/log-viewer.json" with { type: "json" };
import enMessages from "./en/messages.json" with { type: "json" };
import enOpeningHours from "./en/opening-hours.json" with { type: "json" };
import enOrganizations from "./en/organizations.json" with { type: "json" };
import enPosServers from "./en/pos-servers.json" with { type: "json" };
import enPush from "./en/push.json" with { type: "json" };
import enSessions from "./en/sessions.json" with { type: "json" };
import enSettings from "./en/settings.json" with { type: "json" };
import enUsers from "./en/users.json" with { type: "json" };
import enWall from "./en/wall.json" with { type: "json" };
import ruAcknowledgements from "./ru/acknowledgements.json" with { type: "json" };
import ruAgentUpdates from "./ru/agent-updates.json" with { type: "json" };
import ruAudit from "./ru/audit.json" with { type: "json" };
import ruBackups from "./ru/backups.json" with { type: "json" };
import ruCallDetails from "./ru/call-details.json" with { type: "json" };
import ruCauses from "./ru/causes.json" with { type: "json" };
import ruChannels from "./ru/channels.json" with { type: "json" };
import ruCommon from "./ru/common.json" with { type: "json" };
import ruDatabaseResets from "./ru/database-resets.json" with { type: "json" };
import ruEnrolment from "./ru/enrolment.json" with { type: "json" };
import ruExcel from "./ru/excel.json" with { type: "json" };
import ruFirstStart from "./ru/first-start.json" with { type: "json" };
import ruIncidents from "./ru/incidents.json" with { type: "json" };
import ruLogArchives from "./ru/log-archives.json" with { type: "json" };
import ruLogPatterns from "./ru/log-patterns.json" with { type: "json" };
import ruLogViewer from "./ru/log-viewer.json" with { type: "json" };
import ruMessages from "./ru/messages.json" with { type: "json" };
import ruOpeningHours from "./ru/opening-hours.json" with { type: "json" };
import ruOrganizations from "./ru/organizations.json" with { type: "json" };
import ruPosServers from "./ru/pos-servers.json" with { type: "json" };
import ruPush from "./ru/push.json" with { type: "json" };
import ruSessions from "./ru/sessions.json" with { type: "json" };
import ruSettings from "./ru/settings.json" with { type: "json" };
import ruUsers from "./ru/users.json" with { type: "json" };
import ruWall from "./ru/wall.json" with { type: "json" };

/** Every text of the interface: a file for each feature, their top-level keys side by side. */
export const ru = {
  ...ruCommon,
  ...ruAgentUpdates,
  ...ruPosServers,
  ...ruSessions,
  ...ruUsers,
  ...ruDatabaseResets,
  ...ruOpeningHours,
  ...ruOrganizations,
  ...ruLogViewer,
  ...ruAudit,
  ...ruSettings,
  ...ruLogArchives,
  ...ruEnrolment,
  ...ruFirstStart,
  ...ruExcel,
  ...ruBackups,
  ...ruCallDetails,
  ...ruIncidents,
  ...ruAcknowledgements,
  ...ruWall,
  ...ruCauses,
  ...ruLogPatterns,
  ...ruMessages,
  ...ruPush,
  ...ruChannels,
};

export const en = {
  ...enCommon,
  ...enAgentUpdates,
  ...enPosServers,
  ...enSessions,
  ...enUsers,
  ...enDatabaseResets,
  ...enOpeningHours,
  ...enOrganizations,
  ...enLogViewer,
  ...enAudit,
  ...enSettings,
  ...enLogArchives,
  ...enEnrolment,
  ...enFirstStart,
  ...enExcel,
  ...enBackups,
  ...enCallDetails,
  ...enIncidents,
  ...enAcknowledgements,
  ...enWall,
  ...enCauses,
  ...enLogPatterns,
  ...enMessages,
  ...enPush,
  ...enChannels,
};
