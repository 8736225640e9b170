import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type ShownMember = Awaited<ReturnType<typeof listMembers>>[number];
export type ConcernedOrganization = Awaited<ReturnType<typeof listConcerned>>[number];

/** The POS servers of an incident that somebody may see: those that still fail first, then as they came into it. */
export async function listMembers(db: Db, access: OrganizationAccess, incidentId: number, limit: number) {
  return await db
    .selectFrom("incident_member")
    .innerJoin("organization", "organization.id", "incident_member.organization_id")
    .leftJoin("pos_server", "pos_server.id", "incident_member.pos_server_id")
    .leftJoin("pos_status", "pos_status.pos_server_id", "pos_server.id")
    .select(["incident_member.id", "pos_server.id as posServerId", "organization.name as organizationName"])
    .select([
      "status",
      "joined_at as joinedAt",
      "left_at as leftAt",
      "left_by as leftBy",
      "failures",
      "state",
    ])
    .select(({ fn, ref, val }) =>
      fn.coalesce(ref("pos_server.name"), ref("pos_server_name"), val("")).as("name"),
    )
    .where("incident_id", "=", incidentId)
    .where(isShownTo(access))
    .orderBy(sql`status = 'failing'`, "desc")
    .orderBy(sql`status = 'paused'`, "desc")
    .orderBy("joined_at")
    .orderBy("incident_member.id")
    .limit(limit)
    .execute();
}

/** The organizations of an incident that somebody may see, those with the most POS servers that fail first. */
export async function listConcerned(db: Db, access: OrganizationAccess, incidentId: number, limit: number) {
  return await db
    .selectFrom("incident_organization")
    .innerJoin("organization", "organization.id", "incident_organization.organization_id")
    .select(["organization.id", "organization.name", "failing", "members"])
    .where("incident_id", "=", incidentId)
    .where(isShownTo(access))
    .orderBy("failing", "desc")
    .orderBy("members", "desc")
    .orderBy("organization.name_sort")
    .limit(limit)
    .execute();
}

/** Counts of those whose failure was read in a log by a guess. */
export async function countGuessedFailures(
  db: Db,
  access: OrganizationAccess,
  incidentId: number,
): Promise<number> {
  const { posServers } = await db
    .selectFrom("incident_member")
    .innerJoin("organization", "organization.id", "incident_member.organization_id")
    .innerJoin("pos_status", "pos_status.pos_server_id", "incident_member.pos_server_id")
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .where("incident_id", "=", incidentId)
    .where("status", "=", "failing")
    .where("pos_status.state", "=", "sync_error")
    .where("log_evidence", "=", "guess")
    .where(isShownTo(access))
    .executeTakeFirstOrThrow();
  return posServers;
}
