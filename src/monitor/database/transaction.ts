import type { Transaction } from "kysely";
import type { Database, Db } from "./schema.ts";

/** Runs the work in the transaction that `db` already is, or in a new one. */
export async function inTransaction<T>(db: Db, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db as Transaction<Database>) : await db.transaction().execute(work);
}
