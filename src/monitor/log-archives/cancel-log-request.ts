import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { subjectOf } from "../requests/request-columns.ts";
import type { ShownLogRequest } from "./log-requests.ts";

/** Finished archives can still be downloaded. @returns false when the request has already ended. */
export async function cancelLogRequest(
  trx: Db,
  actor: Actor,
  request: Pick<ShownLogRequest, "id" | "posServerId" | "posServerName" | "organizationId">,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("logRequest")
    .set(({ fn, selectFrom, val }) => ({
      status: "cancelled",
      finishedAt: now,
      // While it ran, this was an estimate.
      receivedBytes: fn.coalesce(
        selectFrom("logArchive")
          .select(({ fn }) => fn.sum<number>("logBytes").as("bytes"))
          .where("logRequestId", "=", request.id)
          .where("logArchive.status", "=", "done"),
        val(0),
      ),
    }))
    .where("id", "=", request.id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await recordEvent(trx, actor, { action: "log_request_cancel", ...subjectOf(request) }, now);
  return true;
}
