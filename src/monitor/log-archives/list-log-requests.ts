import type { ExpressionBuilder } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { REQUEST_COLUMNS } from "../requests/request-columns.ts";

export type ListedLogRequest = Awaited<ReturnType<typeof listLogRequests>>[number];

/** The last requests of a POS server, newest first, with how many of their archives can be had. */
export async function listLogRequests(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("log_request")
    .select(["id", ...REQUEST_COLUMNS, "status", "from_at as fromAt", "to_at as toAt"])
    .select("left_out as leftOut")
    .select((row) => [
      countArchives(row, "path").as("offeredArchives"),
      countArchives(row, "removed_at").as("removedArchives"),
    ])
    .where("pos_server_id", "=", posServerId)
    .orderBy("requested_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** How many archives of a request have this column. */
function countArchives(row: ExpressionBuilder<Database, "log_request">, column: "path" | "removed_at") {
  return row
    .selectFrom("log_archive")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .whereRef("log_archive.log_request_id", "=", "log_request.id")
    .where(column, "is not", null);
}
