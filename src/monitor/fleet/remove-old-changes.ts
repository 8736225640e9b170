import type { Kysely } from "kysely";
import { inBatches, inBatchesOfIds } from "../database/in-batches.ts";
import type { Database } from "../database/schema.ts";

const BATCH_POS_SERVERS = 100;
const BATCH_CHANGES = 250;

/**
 * Removes the transitions before `cutOffAt` (ms UTC), but keeps the last of them for each POS server: it tells in
 * which state the kept history begins. @returns how many were removed.
 */
export async function removeOldChanges(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatchesOfIds(db, "pos_server", BATCH_POS_SERVERS, (ids) =>
    inBatches(BATCH_CHANGES, (limit) => removeSome(db, ids, cutOffAt, limit)),
  );
}

async function removeSome(
  db: Kysely<Database>,
  posServerIds: readonly number[],
  cutOffAt: number,
  limit: number,
): Promise<number> {
  const old = db
    .selectFrom("state_change as change")
    .select("id")
    .where("pos_server_id", "in", posServerIds)
    .where("at", "<", cutOffAt)
    .where("id", "!=", ({ selectFrom }) =>
      selectFrom("state_change as last")
        .select("last.id")
        .whereRef("last.pos_server_id", "=", "change.pos_server_id")
        .where("last.at", "<", cutOffAt)
        .orderBy("last.at", "desc")
        .orderBy("last.id", "desc")
        .limit(1),
    )
    .limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom("state_change")
    .where("id", "in", old)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
