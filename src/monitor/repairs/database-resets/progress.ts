import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { FoundReset } from "./find-database-resets.ts";

export type Progress = Awaited<ReturnType<typeof findProgress>>;

/** How far that is which a reset waits for: the request for logs, and the last start of the service. */
export async function findProgress(db: Kysely<Database>, reset: FoundReset) {
  const logs = await db
    .selectFrom("log_request")
    .select(["id", "status", "planned_bytes as plannedBytes", "received_bytes as receivedBytes"])
    .where("id", "=", reset.logRequestId)
    .executeTakeFirst();
  const start = await db
    .selectFrom("service_start")
    .select(["failure_code as failureCode", "failure_detail as failureDetail", "finished_at as finishedAt"])
    .where("database_reset_id", "=", reset.id)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return { logs: logs ?? null, start: start ?? null };
}
