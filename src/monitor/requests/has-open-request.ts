import type { Db } from "../database/schema.ts";
import { plain, type RequestTable } from "./claims.ts";

const TABLES: readonly RequestTable[] = ["log_request", "database_reset", "service_start"];

/** Whether anything that was asked of these POS servers is still under way: logs, a reset, a start of the service. */
export async function hasOpenRequest(
  db: Db,
  column: "pos_server.id" | "pos_server.organization_id",
  id: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("pos_server")
    .select("pos_server.id")
    .where(column, "=", id)
    .where(({ or, exists, selectFrom }) =>
      or(
        TABLES.map((table) =>
          exists(
            selectFrom(plain(table))
              .select("id")
              .whereRef("pos_server_id", "=", "pos_server.id")
              .where("finished_at", "is", null),
          ),
        ),
      ),
    )
    .executeTakeFirst();
  return row !== undefined;
}
