import type { Db } from "../database/schema.ts";

export type EnrolledAgent = Awaited<ReturnType<typeof listEnrolled>>[number];

/** Who has come by a code, the last first; those that were sent away too. */
export async function listEnrolled(db: Db, limit: number) {
  return await enrolled(db).orderBy("enrolment.id", "desc").limit(limit).execute();
}

/** Finds what was decided of an agent. */
export async function findEnrolled(db: Db, id: number): Promise<EnrolledAgent | null> {
  return (await enrolled(db).where("enrolment.id", "=", id).executeTakeFirst()) ?? null;
}

function enrolled(db: Db) {
  return db
    .selectFrom("enrolment")
    .leftJoin("pos_server", "pos_server.id", "pos_server_id")
    .leftJoin("organization", "organization.id", "pos_server.organization_id")
    .select([
      "enrolment.id",
      "host",
      "state",
      "pos_server_id as posServerId",
      "pos_server.name",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.archived_at as archivedAt",
      "decided_by as decidedBy",
      "decided_at as decidedAt",
    ])
    .where("state", "!=", "awaited");
}
