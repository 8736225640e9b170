import type { Kysely } from "kysely";
import { inBatches } from "../../database/in-batches.ts";
import type { Database } from "../../database/schema.ts";

/** One of many takes its POS servers along. */
const BATCH_INCIDENTS = 100;

/** Removes the incidents that were over before `cutOffAt` (ms UTC), with their stories. @returns how many. */
export async function removeOldIncidents(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatches(BATCH_INCIDENTS, async (limit) => {
    const oldest = db
      .selectFrom("incident")
      .select("id")
      .where("closed_at", "is not", null)
      .where("closed_at", "<", cutOffAt)
      .limit(limit);
    const { numDeletedRows } = await db
      .deleteFrom("incident")
      .where("id", "in", oldest)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
