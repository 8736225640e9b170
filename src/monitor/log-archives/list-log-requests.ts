import type { ExpressionBuilder } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { REQUEST_COLUMNS } from "../requests/request-columns.ts";

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
