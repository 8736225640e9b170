import { sql } from "kysely";
import { countRows } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type ShownMember = Awaited<ReturnType<typeof listMembers>>[number];
export type ConcernedOrganization = Awaited<ReturnType<typeof listConcerned>>[number];

/** The POS servers of an incident that this viewer may see: failing, then paused, then by when they joined. */
export async function listMembers(db: Db, access: OrganizationAccess, incidentId: number, limit: number) {
  return await db
    .selectFrom("incidentMember")
    .innerJoin("organization", "organization.id", "incidentMember.organizationId")
    .leftJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .leftJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["incidentMember.id", "posServer.id as posServerId", "organization.name as organizationName"])
    .select(["status", "joinedAt", "leftAt", "leftBy", "failures", "state"])
    .select(({ fn, ref, val }) =>
      fn.coalesce(ref("posServer.name"), ref("posServerName"), val("")).as("name"),
    )
    .where("incidentId", "=", incidentId)
    .where(isShownTo(access))
    .orderBy(sql`status = 'failing'`, "desc")
    .orderBy(sql`status = 'paused'`, "desc")
    .orderBy("joinedAt")
    .orderBy("incidentMember.id")
    .limit(limit)
    .execute();
}

/** The organizations of an incident that this viewer may see, most failing POS servers first. */
export async function listConcerned(db: Db, access: OrganizationAccess, incidentId: number, limit: number) {
  return await db
    .selectFrom("incidentOrganization")
    .innerJoin("organization", "organization.id", "incidentOrganization.organizationId")
    .select(["organization.id", "organization.name", "failing", "members"])
    .where("incidentId", "=", incidentId)
    .where(isShownTo(access))
    .orderBy("failing", "desc")
    .orderBy("members", "desc")
    .orderBy("organization.nameSort")
    .limit(limit)
    .execute();
}

/** Counts failing POS servers whose error was guessed from a log. */
export async function countGuessedFailures(db: Db, access: OrganizationAccess, incidentId: number) {
  const guessed = db
    .selectFrom("incidentMember")
    .innerJoin("organization", "organization.id", "incidentMember.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "incidentMember.posServerId")
    .where("incidentId", "=", incidentId)
    .where("status", "=", "failing")
    .where("posStatus.state", "=", "sync_error")
    .where("logEvidence", "=", "guess")
    .where(isShownTo(access));
  return await countRows(guessed);
}
