import type { Kysely } from "kysely";
import { inBatches } from "../database/in-batches.ts";
import type { Database } from "../database/schema.ts";

const BATCH_EVENTS = 1_000;

/** Removes the events before `cutOffAt` (ms UTC). Nothing else ever takes any from the log. @returns how many. */
export async function removeOldEvents(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatches(BATCH_EVENTS, async (limit) => {
    const oldest = db
      .selectFrom("audit_event")
      .select("id")
      .where("at", "<", cutOffAt)
      .orderBy("at")
      .limit(limit);
    const { numDeletedRows } = await db
      .deleteFrom("audit_event")
      .where("id", "in", oldest)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
