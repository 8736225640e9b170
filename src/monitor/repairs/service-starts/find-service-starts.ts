import type { InferResult } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS, shareOf } from "../../requests/request-columns.ts";
import type { Claimable } from "../../requests/runner.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type FoundStart = InferResult<ReturnType<typeof selectStarts>>[number];

/** With its POS server; null when there is none that may be seen. */
export async function findServiceStart(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundStart | null> {
  const query = selectStarts(db).where("serviceStart.id", "=", id).where(isShownTo(access));
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenStart(db: Db, id: number): Promise<FoundStart | null> {
  const query = selectStarts(db).where("serviceStart.id", "=", id).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenStartOf(db: Db, posServerId: number): Promise<FoundStart | null> {
  const query = selectStarts(db).where("posServer.id", "=", posServerId).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

/** Whose exchange nothing is known of yet. */
export async function listAwaitedStarts(db: Db): Promise<FoundStart[]> {
  return await selectStarts(db).where("exchange", "=", "awaited").execute();
}

function selectStarts(db: Db) {
  return db
    .selectFrom("serviceStart")
    .innerJoin("posServer", "posServer.id", "serviceStart.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["serviceStart.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["idempotencyKey", "databaseResetId", "isRestart", "commandStep"])
    .select(["status", "startedAt", "exchange", "syncedAt", "runsAt"]);
}

export async function listStartsToWorkOn(db: Db): Promise<Claimable[]> {
  const rows = await db
    .selectFrom("serviceStart")
    .select(["id", "userId", "userLogin"])
    .where("finishedAt", "is", null)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ id: row.id, share: shareOf(row) }));
}
