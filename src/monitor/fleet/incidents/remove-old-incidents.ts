import type { Kysely } from "kysely";
import { inBatches } from "../../database/in-batches.ts";
import type { Database } from "../../database/schema.ts";

const BATCH_INCIDENTS = 25;
const BATCH_MEMBERS = 250;

/** Removes the incidents that were over before `cutOffAt` (ms UTC), with their stories. @returns how many. */
export async function removeOldIncidents(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatches(BATCH_INCIDENTS, async (limit) => {
    const incidents = await db
      .selectFrom("incident")
      .select("id")
      .where("closed_at", "is not", null)
      .where("closed_at", "<", cutOffAt)
      .limit(limit)
      .execute();
    const ids = incidents.map(({ id }) => id);
    await inBatches(BATCH_MEMBERS, (members) => removeMembers(db, ids, members));
    await db.deleteFrom("incident").where("id", "in", ids).execute();
    return ids.length;
  });
}

/** One of many had the whole chain in it. Nobody is told that there are fewer now. */
async function removeMembers(db: Kysely<Database>, ids: readonly number[], limit: number): Promise<number> {
  const members = db.selectFrom("incident_member").select("id").where("incident_id", "in", ids).limit(limit);
  return await db.transaction().execute(async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom("incident_member")
      .where("id", "in", members)
      .executeTakeFirstOrThrow();
    await trx.deleteFrom("incident_change").where("incident_id", "in", ids).execute();
    return Number(numDeletedRows);
  });
}
