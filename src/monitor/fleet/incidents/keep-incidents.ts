import type { Kysely } from "kysely";
import { inBatches } from "../../database/in-batches.ts";
import type { Database } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { keepCommonIncidents } from "./common-incidents.ts";
import { readCrowdSize } from "./crowds.ts";
import { endQuietIncidents } from "./end-quiet-incidents.ts";
import { keepTroubles } from "./keep-troubles.ts";

const BATCH_POS_SERVERS = 500;

/**
 * Opens, joins, reopens and closes incidents by what has become of POS servers since the last time, at `now` (ms UTC). What is not done when
 * the program ends is still queued when it starts again.
 */
export async function keepIncidents(db: Kysely<Database>, now: number): Promise<void> {
  if (await isAnythingQueued(db)) {
    const enough = await readCrowdSize(db);
    const joinable = await inTransaction(db, (trx) => keepCommonIncidents(trx, enough, now));
    await inBatches(BATCH_POS_SERVERS, (limit) =>
      inTransaction(db, (trx) => keepTroubles(trx, { joinable, enough, limit, now })),
    );
  }
  await endQuietIncidents(db, now);
}

async function isAnythingQueued(db: Kysely<Database>): Promise<boolean> {
  return (
    (await db.selectFrom("trouble_change").select("pos_server_id").limit(1).executeTakeFirst()) !== undefined
  );
}
