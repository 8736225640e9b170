import type { Db } from "../../database/schema.ts";
import { queueIncidentChanges, queueIncidentsOf } from "../../restaurants/queue-changes.ts";

/** Has a POS server leave its incidents before it is deleted; those that it was in keep its name. Call it in that transaction. */
export async function leaveRemoved(
  trx: Db,
  { id, name }: { id: number; name: string },
  now: number,
): Promise<void> {
  await queueIncidentsOf(trx, "posServer", [id]);
  const members = trx.updateTable("incidentMember").where("posServerId", "=", id);
  await members
    .set({ status: "left", leftBy: "removed", leftAt: now })
    .where("status", "!=", "left")
    .execute();
  await members.set({ posServerName: name }).execute();
}

/** Has the incidents of a POS server concern the organization that it is moved to. Call it in that transaction. */
export async function moveInIncidents(trx: Db, posServerId: number, organizationId: number): Promise<void> {
  const moved = await trx
    .updateTable("incidentMember")
    .set({ organizationId })
    .where("posServerId", "=", posServerId)
    .returning("incidentId as id")
    .execute();
  await queueIncidentChanges(
    trx,
    moved.map(({ id }) => id),
  );
}
