import type { Transaction } from "kysely";
import type { Database, Db } from "./schema.ts";

/** Uses the transaction that `db` already is, or a new one. */
export async function inTransaction<T>(db: Db, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db as Transaction<Database>) : await db.transaction().execute(work);
}
