import type { Db } from "../database/schema.ts";
import { readId } from "../forms/id.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { reportedOrganizationName } from "./reported-organization.ts";

export type ShownPosServer = NonNullable<Awaited<ReturnType<typeof findPosServer>>>;
export type StateChange = Awaited<ReturnType<typeof listStateChanges>>[number];

/** Finds a POS server with its last report; null when it is not there, archived, or of somebody else's organization. */
export async function findPosServer(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .innerJoin("pos_status", "pos_status.pos_server_id", "pos_server.id")
    .select([
      "pos_server.id",
      "pos_server.name",
      "pos_server.connection",
      "pos_server.address",
      "pos_server.parked",
      "pos_server.fingerprint",
      "pos_server.poll_interval_ms as pollIntervalMs",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crm_id as crmId",
      "state",
      "state_since as stateSince",
      "problem_since as problemSince",
      "silent_since as silentSince",
      "told_state as stateBefore",
      "closed_for as closedFor",
      "closed_until as closedUntil",
      "closing_changes_at as closingChangesAt",
      "recovered_at as recoveredAt",
      "version",
      "version_told_at as versionReportedAt",
      "last_poll_at as lastPollAt",
      "last_update_at as lastUpdateAt",
      "last_sync_at as lastSyncAt",
      "last_attempt_at as lastAttemptAt",
      "sync_error as syncError",
      "sync_error_at as syncErrorAt",
      "cause_key as causeKey",
      "failed_polls as failedPolls",
      "failure_code as failureCode",
      "failure_detail as failureDetail",
      "clock_shift_ms as clockShiftMs",
      "utc_offset_minutes as utcOffsetMinutes",
      "agent_version as agentVersion",
      "agent_machine as agentMachine",
      "agent_platform as agentPlatform",
      "quarantine_days as quarantineDays",
      "unusable_patterns as unusablePatterns",
      "failed_checks as failedChecks",
      "configuration_id as configurationId",
      "logs_found as logsFound",
      "logs_unmatched as logsUnmatched",
      "untraced_since as untracedSince",
      "log_evidence as logEvidence",
      "service_name as serviceName",
      "service_state as serviceState",
      "service_started_at as serviceStartedAt",
      "database_exists as databaseExists",
      "database_bytes as databaseBytes",
      "database_created_at as databaseCreatedAt",
      "database_modified_at as databaseModifiedAt",
      "disk_free_bytes as diskFreeBytes",
      "disk_total_bytes as diskTotalBytes",
    ])
    .select((eb) => reportedOrganizationName(access)(eb).as("reportedOrganizationName"))
    .where("pos_server.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** What a request says of which POS server it is about, and for whom. */
interface AskedPosServer {
  params: { id: string };
  viewer: { organizations: OrganizationAccess };
}

/** Finds the POS server that a request is about, as `findPosServer` does. */
export async function findAskedPosServer(
  db: Db,
  { params, viewer }: AskedPosServer,
): Promise<ShownPosServer | null> {
  const id = readId(params.id);
  return id === null ? null : await findPosServer(db, viewer.organizations, id);
}

/** The last transitions of a POS server, newest first. */
export async function listStateChanges(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("state_change")
    .select(["id", "at", "state", "cause_key as causeKey", "detail"])
    .where("pos_server_id", "=", posServerId)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
