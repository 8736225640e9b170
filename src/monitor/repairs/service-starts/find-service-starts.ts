import type { InferResult } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type FoundStart = InferResult<ReturnType<typeof selectStarts>>[number];

/** Finds a start with its POS server; null when there is none, or it is of somebody else's or an archived organization. */
export async function findServiceStart(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundStart | null> {
  const query = selectStarts(db).where("service_start.id", "=", id).where(isShownTo(access));
  return (await query.executeTakeFirst()) ?? null;
}

/** Finds a start that is not finished, for whoever works on it. */
export async function findOpenStart(db: Db, id: number): Promise<FoundStart | null> {
  const query = selectStarts(db).where("service_start.id", "=", id).where("finished_at", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

/** Finds the one open start of a POS server. */
export async function findOpenStartOf(db: Db, posServerId: number): Promise<FoundStart | null> {
  const query = selectStarts(db).where("pos_server.id", "=", posServerId).where("finished_at", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

/** Finds a start whose exchange is awaited. */
export async function findAwaitedStart(db: Db, id: number): Promise<FoundStart | null> {
  const query = selectStarts(db).where("service_start.id", "=", id).where("exchange", "=", "awaited");
  return (await query.executeTakeFirst()) ?? null;
}

/** Ids of the starts whose exchange is awaited. */
export async function listAwaitedStarts(db: Db): Promise<number[]> {
  const rows = await db.selectFrom("service_start").select("id").where("exchange", "=", "awaited").execute();
  return rows.map(({ id }) => id);
}

function selectStarts(db: Db) {
  return db
    .selectFrom("service_start")
    .innerJoin("pos_server", "pos_server.id", "service_start.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["service_start.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["idempotency_key as idempotencyKey", "database_reset_id as databaseResetId"])
    .select(["status", "started_at as startedAt", "exchange", "synced_at as syncedAt", "runs_at as runsAt"]);
}

/** Ids of the starts that are not finished, in the order in which they were asked for. */
export async function listStartsToWorkOn(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom("service_start")
    .select("id")
    .where("finished_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}
