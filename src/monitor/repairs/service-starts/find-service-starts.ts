import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type FoundStart = NonNullable<Awaited<ReturnType<typeof findServiceStart>>>;

/** Finds a start with its POS server; null when there is none, or it is of somebody else's or an archived organization. */
export async function findServiceStart(db: Kysely<Database>, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("service_start")
    .innerJoin("pos_server", "pos_server.id", "service_start.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .selectAll("service_start")
    .select(["pos_server.name", "organization.name as organizationName", "organization.crm_id as crmId"])
    .where("service_start.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

export type OpenStart = NonNullable<Awaited<ReturnType<typeof findOpenStart>>>;

/** Finds a start that is not finished, for whoever works on it. */
export async function findOpenStart(db: Kysely<Database>, id: number) {
  const row = await db
    .selectFrom("service_start")
    .innerJoin("pos_server", "pos_server.id", "service_start.pos_server_id")
    .selectAll("service_start")
    .select(["pos_server.name", "pos_server.organization_id as organizationId"])
    .where("service_start.id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Finds the one open start of a POS server. */
export async function findOpenStartOf(db: Kysely<Database>, posServerId: number) {
  const row = await db
    .selectFrom("service_start")
    .select(["id", "database_reset_id"])
    .where("pos_server_id", "=", posServerId)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Ids of the starts that are not finished, in the order in which they were asked for. */
export async function listStartsToWorkOn(db: Kysely<Database>): Promise<number[]> {
  const rows = await db
    .selectFrom("service_start")
    .select("id")
    .where("finished_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}
