import type { Db } from "../../database/schema.ts";
import { queueIncidentChanges, queueIncidentsOf } from "../../restaurants/queue-changes.ts";

/** Has a POS server leave its incidents before it is deleted; those that it was in keep its name. Call it in that transaction. */
export async function leaveRemoved(
  trx: Db,
  { id, name }: { id: number; name: string },
  now: number,
): Promise<void> {
  await queueIncidentsOf(trx, "pos_server", [id]);
  const members = trx.updateTable("incident_member").where("pos_server_id", "=", id);
  await members
    .set({ status: "left", left_by: "removed", left_at: now })
    .where("status", "!=", "left")
    .execute();
  await members.set({ pos_server_name: name }).execute();
}

/** Has the incidents of a POS server concern the organization that it is moved to. Call it in that transaction. */
export async function moveInIncidents(trx: Db, posServerId: number, organizationId: number): Promise<void> {
  const moved = await trx
    .updateTable("incident_member")
    .set({ organization_id: organizationId })
    .where("pos_server_id", "=", posServerId)
    .returning("incident_id as id")
    .execute();
  await queueIncidentChanges(
    trx,
    moved.map(({ id }) => id),
  );
}
