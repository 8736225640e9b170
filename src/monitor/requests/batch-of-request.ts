import type { Actor } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";

/** For the end of what a batch asked for, which belongs to the batch's entry of the audit log. */
export async function withBatchOf(
  db: Db,
  actor: Actor,
  kind: "logs" | "start",
  requestId: number,
): Promise<Actor> {
  const item = await db
    .selectFrom("batchItem")
    .innerJoin("batch", "batch.id", "batchItem.batchId")
    .select("batchId")
    .where("requestId", "=", requestId)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return item ? { ...actor, batchId: item.batchId } : actor;
}
