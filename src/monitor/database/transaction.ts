import type { Transaction } from "kysely";
import type { Database, Db } from "./schema.ts";

/** Runs the work in the transaction that `db` already is, or else in one of its own. */
export async function inTransaction<T>(db: Db, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return isTransaction(db) ? await work(db) : await db.transaction().execute(work);
}

function isTransaction(db: Db): db is Transaction<Database> {
  return db.isTransaction;
}
