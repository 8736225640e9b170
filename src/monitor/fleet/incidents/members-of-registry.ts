import type { Db } from "../../database/schema.ts";
import { queueIncidentChanges, queueIncidentsOf } from "../../restaurants/queue-changes.ts";

/** Takes a deleted POS server out of its incidents, which keep its name. Call it in the transaction that deletes it. */
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

/** Moves a POS server's incidents to its new organization. Call it in the transaction that moves it. */
export async function moveInIncidents(trx: Db, posServerId: number, organizationId: number): Promise<void> {
  const moved = await trx
    .updateTable("incidentMember")
    .set({ organizationId })
    .where("posServerId", "=", posServerId)
    .returning("incidentId as id")
    .execute();
  const ids = moved.map(({ id }) => id);
  await queueIncidentChanges(trx, ids);
}
