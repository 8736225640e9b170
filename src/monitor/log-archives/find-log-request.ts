import type { Db } from "../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

export type ShownLogRequest = NonNullable<Awaited<ReturnType<typeof findLogRequest>>>;
export type ShownLogArchive = Awaited<ReturnType<typeof listLogArchives>>[number];

/** Finds a request with its POS server; null when there is none, or not for this access. */
export async function findLogRequest(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("logRequest")
    .innerJoin("posServer", "posServer.id", "logRequest.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["logRequest.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS, "status"])
    .select(["fromAt", "toAt", "maxBytes"])
    .select(["plannedFiles", "plannedBytes"])
    .select(["receivedFiles", "receivedBytes"])
    .select(["leftOut", "leftOutFiles"])
    .where("logRequest.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** The archives of a request in their order, including planned and removed ones. */
export async function listLogArchives(db: Db, logRequestId: number) {
  return await db
    .selectFrom("logArchive")
    .select(["id", "day", "number", "status", "path"])
    .select(["logBytes", "zipBytes"])
    .select(["failureCode", "failureDetail"])
    .select("removedAt")
    .where("logRequestId", "=", logRequestId)
    .orderBy("position")
    .execute();
}
