import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import type { BarCounts } from "./bars.ts";

/** Of each group; the others are counted. */
export const SHOWN_ROWS = 200;

export type Results = Awaited<ReturnType<typeof findResults>>;
export type FoundRow = Awaited<ReturnType<typeof listFound>>[number];
export type OtherRow = Awaited<ReturnType<typeof listOthers>>[number];

/** What a search has brought of the POS servers that its maker may see now. */
export async function findResults(db: Db, access: OrganizationAccess, searchId: number) {
  return {
    counts: await countRows(db, access, searchId),
    found: await listFound(db, access, searchId),
    bars: await addUpBars(db, access, searchId),
    others: await listOthers(db, access, searchId),
  };
}

function selectRows(db: Db, access: OrganizationAccess, searchId: number) {
  return db
    .selectFrom("logSearchItem")
    .innerJoin("posServer", "posServer.id", "logSearchItem.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .where("logSearchId", "=", searchId)
    .where(isShownTo(access));
}

/** By status; `found`: POS servers with something, `entries`: how much. */
async function countRows(db: Db, access: OrganizationAccess, searchId: number) {
  return await selectRows(db, access, searchId)
    .select(["status", ({ fn }) => fn.countAll<number>().as("posServers")])
    .select([
      sql<number>`sum(log_search_item.count > 0)`.as("found"),
      sql<number>`sum(log_search_item.count)`.as("entries"),
    ])
    .groupBy("status")
    .execute();
}

async function listFound(db: Db, access: OrganizationAccess, searchId: number) {
  return await selectRows(db, access, searchId)
    .select(["posServer.id", "posServer.name", "organization.name as organizationName", "organization.crmId"])
    .select(["count", "firstAt", "lastAt", "line", "file", "unreadFiles", "unreadBytes"])
    .where("count", ">", 0)
    .orderBy("count", "desc")
    .orderBy("posServer.nameSort")
    .limit(SHOWN_ROWS)
    .execute();
}

async function addUpBars(db: Db, access: OrganizationAccess, searchId: number) {
  const rows = await selectRows(db, access, searchId).select("bars").where("bars", "is not", null).execute();
  const sums = new Map<number, number>();
  for (const { bars } of rows)
    for (const [bar, count] of JSON.parse(bars ?? "[]") as BarCounts)
      sums.set(bar, (sums.get(bar) ?? 0) + count);
  return sums;
}

/** Those without a row in the table, some of each kind. */
async function listOthers(db: Db, access: OrganizationAccess, searchId: number) {
  const rows = selectRows(db, access, searchId)
    .select(["posServer.id", "posServer.name", "status", "code", "detail", "unreadFiles", "unreadBytes"])
    .select(
      sql<number>`row_number() over (partition by status order by unread_bytes > 0 desc, pos_server.name_sort)`.as(
        "place",
      ),
    )
    .where("count", "=", 0);
  return await db.selectFrom(rows.as("row")).selectAll().where("place", "<=", SHOWN_ROWS).execute();
}

/** Where the newest line of a POS server stands; null when there is none, or it may not be seen. */
export async function findLine(db: Db, access: OrganizationAccess, searchId: number, posServerId: number) {
  const row = await selectRows(db, access, searchId)
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "posServer.name", "posServer.organizationId", "posServer.parked"])
    .select(["lastAt", "lineAt", "file", "utcOffsetMinutes"])
    .where("posServer.id", "=", posServerId)
    .executeTakeFirst();
  const { lastAt = null, lineAt = null, file = null } = row ?? {};
  return row && lastAt !== null && lineAt !== null && file !== null ? { ...row, lastAt, lineAt, file } : null;
}
