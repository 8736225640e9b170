import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { OrganizationAccess } from "../pos-servers/access.ts";

export type ViewedArchive = NonNullable<Awaited<ReturnType<typeof findArchive>>>;

/** Finds an archive that was offered once; null when it is not there, archived, or of somebody else's organization. */
export async function findArchive(db: Kysely<Database>, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("log_archive")
    .innerJoin("log_request", "log_request.id", "log_archive.log_request_id")
    .innerJoin("pos_server", "pos_server.id", "log_request.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select([
      "log_archive.id",
      "log_archive.path",
      "log_archive.day",
      "log_archive.number",
      "log_archive.removed_at as removedAt",
      "log_request.id as logRequestId",
      "pos_server.id as posServerId",
      "pos_server.name as posServerName",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crm_id as crmId",
    ])
    .where("log_archive.id", "=", id)
    .where("log_archive.status", "=", "done")
    .where("organization.archived_at", "is", null)
    .$if(access !== "all", (query) => query.where("organization.id", "in", access === "all" ? [] : access))
    .executeTakeFirst();
  return row ?? null;
}
