import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";

/**
 * Stops polling a POS server, or begins again: it then waits for its first poll, and what failed before is forgotten.
 * Either is a transition.
 */
export async function setParked(
  db: Kysely<Database>,
  id: number,
  isParked: boolean,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable("pos_server")
      .set({ parked: isParked ? 1 : 0 })
      .where("id", "=", id)
      .execute();
    await trx
      .insertInto("state_change")
      .values({ pos_server_id: id, at: now, state: isParked ? "parked" : "pending" })
      .execute();
    if (isParked) return;
    await trx
      .updateTable("pos_status")
      .set({
        state: "pending",
        state_since: now,
        failed_polls: 0,
        failure_code: null,
        failure_detail: null,
        cause_key: null,
        cause_since: null,
        problem_since: null,
        recovered_at: null,
        error_search: null,
      })
      .where("pos_server_id", "=", id)
      .execute();
  });
}
