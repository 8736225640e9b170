import type { InferResult } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type FoundReset = InferResult<ReturnType<typeof selectResets>>[number];

/** With its POS server; null when there is none that may be seen. */
export async function findDatabaseReset(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundReset | null> {
  const query = selectResets(db).where("databaseReset.id", "=", id).where(isShownTo(access));
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenReset(db: Db, id: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("databaseReset.id", "=", id).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenResetOf(db: Db, posServerId: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("posServer.id", "=", posServerId).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

function selectResets(db: Db) {
  return db
    .selectFrom("databaseReset")
    .innerJoin("posServer", "posServer.id", "databaseReset.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["databaseReset.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["idempotencyKey", "databaseReset.identity", "startService"])
    .select("databaseReset.agentMachine")
    .select(["step", "stepAt", "commandStep", "begunAt"])
    .select(["resetAt", "followedAt", "syncedAt", "runsAt"])
    .select(["logRequestId", "movedFiles", "movedBytes"]);
}

export async function listResetSteps(db: Db, resetId: number) {
  return await db
    .selectFrom("databaseResetStep")
    .select(["step", "at", "detail"])
    .where("databaseResetId", "=", resetId)
    .orderBy("id")
    .execute();
}
