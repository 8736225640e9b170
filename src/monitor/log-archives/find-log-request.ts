import type { Db } from "../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

export type ShownLogRequest = NonNullable<Awaited<ReturnType<typeof findLogRequest>>>;
export type ShownLogArchive = Awaited<ReturnType<typeof listLogArchives>>[number];

/** Finds a request with its POS server; null when it is not there or of somebody else's organization. */
export async function findLogRequest(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("log_request")
    .innerJoin("pos_server", "pos_server.id", "log_request.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["log_request.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS, "status"])
    .select(["from_at as fromAt", "to_at as toAt", "max_bytes as maxBytes"])
    .select(["planned_files as plannedFiles", "planned_bytes as plannedBytes"])
    .select(["received_files as receivedFiles", "received_bytes as receivedBytes"])
    .select(["left_out as leftOut", "left_out_files as leftOutFiles"])
    .where("log_request.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** The archives of a request in their order, planned ones and removed ones too. */
export async function listLogArchives(db: Db, logRequestId: number) {
  return await db
    .selectFrom("log_archive")
    .select(["id", "day", "number", "status", "path", "sha256"])
    .select(["log_files as logFiles", "log_bytes as logBytes", "zip_bytes as zipBytes"])
    .select(["failure_code as failureCode", "failure_detail as failureDetail"])
    .select(["finished_at as finishedAt", "removed_at as removedAt"])
    .where("log_request_id", "=", logRequestId)
    .orderBy("position")
    .execute();
}
