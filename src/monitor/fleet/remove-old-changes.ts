import type { Kysely } from "kysely";
import { inBatches } from "../database/in-batches.ts";
import type { Database } from "../database/schema.ts";

const BATCH_CHANGES = 1_000;

/**
 * Removes the transitions before `cutOffAt` (ms UTC), but keeps the last of them for each POS server: it tells in
 * which state the kept history begins. @returns how many were removed.
 */
export async function removeOldChanges(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  let removed = 0;
  for (const posServerId of await listThoseWithOldChanges(db, cutOffAt)) {
    removed += await inBatches(BATCH_CHANGES, (limit) => removeSome(db, posServerId, cutOffAt, limit));
  }
  return removed;
}

/** The POS servers that have more than one transition before the cut-off. */
async function listThoseWithOldChanges(db: Kysely<Database>, cutOffAt: number): Promise<number[]> {
  const rows = await db
    .selectFrom("state_change")
    .select("pos_server_id")
    .where("at", "<", cutOffAt)
    .groupBy("pos_server_id")
    .having(({ fn }) => fn.countAll<number>(), ">", 1)
    .execute();
  return rows.map(({ pos_server_id }) => pos_server_id);
}

async function removeSome(
  db: Kysely<Database>,
  posServerId: number,
  cutOffAt: number,
  limit: number,
): Promise<number> {
  const newestFirst = db
    .selectFrom("state_change")
    .select("id")
    .where("pos_server_id", "=", posServerId)
    .where("at", "<", cutOffAt)
    .orderBy("at", "desc")
    .orderBy("id", "desc");
  const { numDeletedRows } = await db
    .deleteFrom("state_change")
    .where("id", "in", newestFirst.offset(1).limit(limit))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
