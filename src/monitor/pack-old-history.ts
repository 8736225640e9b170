import { packRows } from "./database/packed-rows.ts";
import type { Db } from "./database/schema.ts";
import { inBatchesOfIds, inTransaction } from "./database/transaction.ts";
import { packOldIncidents } from "./fleet/incidents/packed-incidents.ts";
import { PROBLEM_STATES } from "./fleet/state.ts";

/** Longer than lists, bars and charts look back. */
const PACKED_AFTER_MS = 31 * 86_400_000;
/** Fewer transitions of a POS server are not worth a pack. */
const ENOUGH_CHANGES = 60;
const BATCH_POS_SERVERS = 10;

/** Packs what is shown of one POS server or incident only, in small batches. @returns counts for the log. */
export async function packOldHistory(db: Db, now: number) {
  const before = now - PACKED_AFTER_MS;
  return {
    incidents: await packOldIncidents(db, before),
    changes: await inBatchesOfIds(db, "posServer", BATCH_POS_SERVERS, (ids) => packChanges(db, ids, before)),
  };
}

/** The last transition into no trouble before a moment (ms UTC), and what came after it, stay: what is newer goes on from there. */
async function packChanges(db: Db, posServerIds: readonly number[], before: number): Promise<number> {
  const kept = await db
    .selectFrom("stateChange")
    .select(({ fn }) => ["posServerId", fn.max("at").as("from")])
    .where("posServerId", "in", posServerIds)
    .where("at", "<", before)
    .where("state", "not in", PROBLEM_STATES)
    .groupBy("posServerId")
    .execute();
  let packed = 0;
  for (const { posServerId, from } of kept)
    packed += await inTransaction(db, (trx) => packChangesOf(trx, posServerId, from));
  return packed;
}

async function packChangesOf(trx: Db, posServerId: number, before: number): Promise<number> {
  const stateChange = await trx
    .selectFrom("stateChange")
    .select(["id", "at", "state", "causeKey", "detail"])
    .where("posServerId", "=", posServerId)
    .where("at", "<", before)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .execute();
  const [last] = stateChange;
  if (!last || stateChange.length < ENOUGH_CHANGES) return 0;
  await trx
    .insertInto("packedStateChange")
    .values({ posServerId, lastAt: last.at, rows: packRows({ stateChange }) })
    .execute();
  await trx
    .deleteFrom("stateChange")
    .where("posServerId", "=", posServerId)
    .where("at", "<", before)
    .execute();
  return stateChange.length;
}
