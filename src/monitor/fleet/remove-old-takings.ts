import type { Kysely } from "kysely";
import { inBatches } from "../database/in-batches.ts";
import type { Database } from "../database/schema.ts";

const BATCH_TAKINGS = 1_000;

/** Removes the takings that ended before `cutOffAt` (ms UTC). @returns how many. */
export async function removeOldTakings(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatches(BATCH_TAKINGS, async (limit) => {
    const oldest = db
      .selectFrom("taking")
      .select("id")
      .where("ended_at", "is not", null)
      .where("ended_at", "<", cutOffAt)
      .limit(limit);
    const { numDeletedRows } = await db
      .deleteFrom("taking")
      .where("id", "in", oldest)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
