import { type SqlBool, sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS } from "../../requests/request-columns.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";

export type FoundArchive = Awaited<ReturnType<typeof listFetchedArchives>>[number];

/** By the database, its file is in the store. */
export interface StoredArchive extends FoundArchive {
  path: string;
  zipBytes: number;
  sha256: string;
  finishedAt: number;
}

const IDS_AT_ONCE = 500;

/** Even if its file was removed; null when there is none, or not for this access. */
export async function findArchive(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundArchive | null> {
  return (await selectFetched(db, access).where("logArchive.id", "=", id).executeTakeFirst()) ?? null;
}

export async function listFetchedArchives(db: Db, access: OrganizationAccess, logRequestId: number) {
  return await selectFetched(db, access)
    .where("logArchive.logRequestId", "=", logRequestId)
    .orderBy("position")
    .execute();
}

/** Of several requests, in the order of their POS servers' names. */
export async function listFetchedArchivesOf(
  db: Db,
  access: OrganizationAccess,
  logRequestIds: readonly number[],
) {
  return await selectFetched(db, access)
    .where("logArchive.logRequestId", "in", logRequestIds)
    .where("removedAt", "is", null)
    .orderBy("posServer.nameSort")
    .orderBy("position")
    .execute();
}

/** The first one fetched after a moment (ms UTC) that holds this file of a POS server; null when there is none. */
export async function findArchiveOf(
  db: Db,
  { posServerId, file, after }: { posServerId: number; file: string; after: number },
): Promise<number | null> {
  const archive = await db
    .selectFrom("logArchive")
    .innerJoin("logRequest", "logRequest.id", "logArchive.logRequestId")
    .select("logArchive.id")
    .where("posServerId", "=", posServerId)
    .where("path", "is not", null)
    .where("removedAt", "is", null)
    .where("logArchive.finishedAt", ">", after)
    .where(
      sql<SqlBool>`exists (select 1 from json_each(files) where json_extract(value, '$.name') = ${file})`,
    )
    .orderBy("logArchive.finishedAt")
    .limit(1)
    .executeTakeFirst();
  return archive?.id ?? null;
}

function selectFetched(db: Db, access: OrganizationAccess) {
  return db
    .selectFrom("logArchive")
    .innerJoin("logRequest", "logRequest.id", "logArchive.logRequestId")
    .innerJoin("posServer", "posServer.id", "logRequest.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["logArchive.id", "posServerId", ...POS_SERVER_COLUMNS])
    .select(["logArchive.logRequestId", "day", "number", "path"])
    .select(["zipBytes", "sha256", "logArchive.finishedAt"])
    .select("removedAt")
    .select(({ selectFrom }) =>
      selectFrom("logArchive as ofDay")
        .whereRef("ofDay.logRequestId", "=", "logArchive.logRequestId")
        .whereRef("ofDay.day", "=", "logArchive.day")
        .select(({ fn }) => fn.countAll<number>().as("parts"))
        .as("parts"),
    )
    .where("logArchive.status", "=", "done")
    .where(isShownTo(access));
}

export async function listStoredIds(db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const stored = new Set<number>();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const rows = await db
      .selectFrom("logArchive")
      .select("id")
      .where("id", "in", ids.slice(at, at + IDS_AT_ONCE))
      .where("path", "is not", null)
      .execute();
    for (const { id } of rows) stored.add(id);
  }
  return stored;
}

/** Whether its file should be in the store. */
export function isStored(archive: FoundArchive): archive is StoredArchive {
  const { path, zipBytes, sha256, finishedAt } = archive;
  return path !== null && zipBytes !== null && sha256 !== null && finishedAt !== null;
}
