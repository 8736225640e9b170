import type { ExpressionBuilder } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

export type ShownLogRequest = NonNullable<Awaited<ReturnType<typeof findLogRequest>>>;
export type ShownLogArchive = Awaited<ReturnType<typeof listLogArchives>>[number];

/** With its POS server; null when there is none, or not for this access. */
export async function findLogRequest(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("logRequest")
    .innerJoin("posServer", "posServer.id", "logRequest.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["logRequest.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS, "status"])
    .select(["fromAt", "toAt", "maxBytes"])
    .select(["plannedFiles", "plannedBytes"])
    .select(["receivedFiles", "receivedBytes"])
    .select(["leftOut", "leftOutFiles"])
    .where("logRequest.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** The archives of a request in their order, including planned and removed ones. */
export async function listLogArchives(db: Db, logRequestId: number) {
  return await db
    .selectFrom("logArchive")
    .select(["id", "day", "number", "status", "path"])
    .select(["logBytes", "zipBytes"])
    .select(["failureCode", "failureDetail"])
    .select("removedAt")
    .where("logRequestId", "=", logRequestId)
    .orderBy("position")
    .execute();
}

export type ListedLogRequest = Awaited<ReturnType<typeof listLogRequests>>[number];

/** The last requests of a POS server, newest first, with the numbers of their stored and removed archives. */
export async function listLogRequests(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("logRequest")
    .select(["id", ...REQUEST_COLUMNS, "status", "fromAt", "toAt"])
    .select("leftOut")
    .select((row) => [
      countArchives(row, "path").as("offeredArchives"),
      countArchives(row, "removedAt").as("removedArchives"),
    ])
    .where("posServerId", "=", posServerId)
    .orderBy("requestedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

function countArchives(row: ExpressionBuilder<Database, "logRequest">, column: "path" | "removedAt") {
  return row
    .selectFrom("logArchive")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .whereRef("logArchive.logRequestId", "=", "logRequest.id")
    .where(column, "is not", null);
}
