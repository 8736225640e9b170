import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { ShownLogRequest } from "./find-log-request.ts";

type CancelledRequest = Pick<ShownLogRequest, "id" | "posServerId" | "posServerName" | "organizationId">;

/** Ends an open request; archives that are there stay offered. @returns false when it had ended already. */
export async function cancelLogRequest(
  trx: Db,
  actor: Actor,
  { id, posServerId, posServerName: subject, organizationId }: CancelledRequest,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("logRequest")
    .set(({ fn, selectFrom, val }) => ({
      status: "cancelled",
      finishedAt: now,
      // While it ran, this was a guess at what is in the archives on their way.
      receivedBytes: fn.coalesce(
        selectFrom("logArchive")
          .select(({ fn }) => fn.sum<number>("logBytes").as("bytes"))
          .where("logRequestId", "=", id)
          .where("logArchive.status", "=", "done"),
        val(0),
      ),
    }))
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await recordEvent(trx, actor, { action: "log_request_cancel", subject, organizationId, posServerId }, now);
  return true;
}
