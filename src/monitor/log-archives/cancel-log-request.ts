import type { Transaction } from "kysely";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import type { ShownLogRequest } from "./find-log-request.ts";

/** Ends an open request; archives that are there stay offered. @returns false when it had ended already. */
export async function cancelLogRequest(
  trx: Transaction<Database>,
  actor: Actor,
  { id, posServerId, posServerName: subject, organizationId }: ShownLogRequest,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("log_request")
    .set({ status: "cancelled", finished_at: now })
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await recordEvent(trx, actor, { action: "log_request_cancel", subject, organizationId, posServerId }, now);
  return true;
}
