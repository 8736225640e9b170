import { setTimeout as delay, setImmediate as yieldToOthers } from "node:timers/promises";
import type { Transaction } from "kysely";
import type { Database, Db } from "./schema.ts";

/** Meanwhile pages are answered and polls are saved. */
const PAUSE_MS = 20;

/** Uses the transaction that `db` already is, or a new one. */
export async function inTransaction<T>(db: Db, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db as Transaction<Database>) : await db.transaction().execute(work);
}

/** A batch should take milliseconds, as nothing else runs meanwhile. @param work returns how much of a batch it did. */
export async function inBatches(
  batchSize: number,
  work: (batchSize: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await work(batchSize);
    total += done;
    if (done < batchSize) break;
    await delay(PAUSE_MS);
  }
  await yieldToOthers();
  return total;
}

/** Works through a table in batches of ids; the last may be empty. @param work returns how much it did. */
export async function inBatchesOfIds(
  db: Db,
  table: "posServer" | "logRequest" | "cause",
  batchSize: number,
  work: (ids: number[]) => Promise<number>,
): Promise<number> {
  let total = 0;
  let lastId = 0;
  await inBatches(batchSize, async (limit) => {
    const rows = db.selectFrom(table).select("id").where("id", ">", lastId).orderBy("id").limit(limit);
    const ids = (await rows.execute()).map(({ id }) => id);
    lastId = ids.at(-1) ?? lastId;
    total += await work(ids);
    return ids.length;
  });
  return total;
}
