import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";

/** Has a POS server leave its incident before it is deleted; those that it was in keep its name. Call it in that transaction. */
export async function leaveRemoved(
  trx: Kysely<Database>,
  { id, name }: { id: number; name: string },
  now: number,
): Promise<void> {
  await trx
    .updateTable("incident_member")
    .set({ status: "left", left_by: "removed", left_at: now })
    .where("pos_server_id", "=", id)
    .where("status", "!=", "left")
    .execute();
  await trx
    .updateTable("incident_member")
    .set({ pos_server_name: name })
    .where("pos_server_id", "=", id)
    .execute();
}
