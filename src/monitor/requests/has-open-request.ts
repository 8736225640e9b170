import type { Db } from "../database/schema.ts";
import { plain, type RequestTable } from "./claims.ts";

const TABLES: readonly RequestTable[] = ["logRequest", "databaseReset", "serviceStart"];

/** For logs, a reset or a start of the service. */
export async function hasOpenRequest(
  db: Db,
  column: "posServer.id" | "posServer.organizationId",
  id: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("posServer")
    .select("posServer.id")
    .where(column, "=", id)
    .where(({ or, exists, selectFrom }) =>
      or(
        TABLES.map((table) =>
          exists(
            selectFrom(plain(table))
              .select("id")
              .whereRef("posServerId", "=", "posServer.id")
              .where("finishedAt", "is", null),
          ),
        ),
      ),
    )
    .executeTakeFirst();
  return row !== undefined;
}
