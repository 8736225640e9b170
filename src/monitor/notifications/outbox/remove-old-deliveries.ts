import type { Kysely } from "kysely";
import { inBatches } from "../../database/in-batches.ts";
import type { Database } from "../../database/schema.ts";

const BATCH_DELIVERIES = 500;
const KEPT_MS = 30 * 86_400_000;

/** Removes what left the outbox thirty days before `now` (ms UTC). @returns how much. */
export async function removeOldDeliveries(db: Kysely<Database>, now: number): Promise<number> {
  return await inBatches(BATCH_DELIVERIES, async (limit) => {
    const oldest = db
      .selectFrom("delivery")
      .select("id")
      .where("finished_at", "is not", null)
      .where("finished_at", "<", now - KEPT_MS)
      .limit(limit);
    const { numDeletedRows } = await db
      .deleteFrom("delivery")
      .where("id", "in", oldest)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
