import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import type { BarCounts } from "./bars.ts";

/** Of each group; the others are counted. */
export const SHOWN_ROWS = 200;

export type Results = Awaited<ReturnType<typeof findResults>>;
export type FoundRow = Results["found"][number];
export type OtherRow = Results["others"][number];

/** Whether the newest line has a time, and a file of its own: archives have zips as a whole. */
const hasPlace = sql<number>`line_at is not null and last_at is not null and file not like '%.zip/%'`;

/** What a search has brought of the POS servers that its maker may see now. */
export async function findResults(db: Db, access: OrganizationAccess, searchId: number) {
  const rows = rowsOf(db, access, searchId);
  const unlike = rows
    .select(["posServer.id", "posServer.name", "status", "code", "detail", "unreadFiles", "unreadBytes"])
    .select(
      sql<number>`row_number() over (partition by status order by unread_bytes > 0 desc, pos_server.name_sort)`.as(
        "at",
      ),
    )
    .where("count", "=", 0);
  return {
    counts: await rows
      .select(["status", ({ fn }) => fn.countAll<number>().as("posServers")])
      .select([sql<number>`sum(count > 0)`.as("found"), sql<number>`sum(count)`.as("entries")])
      .select(sql<number>`sum(count = 0 and unread_files > 0)`.as("partly"))
      .groupBy("status")
      .execute(),
    found: await rows
      .select(["posServer.id", "posServer.name", "organization.name as organizationName", "crmId"])
      .select(["count", "firstAt", "lastAt", "line", "unreadFiles", "unreadBytes"])
      .select(hasPlace.as("canBeOpened"))
      .where("count", ">", 0)
      .orderBy("count", "desc")
      .orderBy("posServer.nameSort")
      .limit(SHOWN_ROWS)
      .execute(),
    bars: addUp(await rows.select("bars").where("bars", "is not", null).execute()),
    /** Those that found nothing or did not answer, some of each kind. */
    others: await db.selectFrom(unlike.as("row")).selectAll().where("at", "<=", SHOWN_ROWS).execute(),
  };
}

function rowsOf(db: Db, access: OrganizationAccess, searchId: number) {
  return db
    .selectFrom("logSearchItem")
    .innerJoin("posServer", "posServer.id", "logSearchItem.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .where("logSearchId", "=", searchId)
    .where(isShownTo(access));
}

function addUp(rows: readonly { bars: string | null }[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const { bars } of rows)
    for (const [bar, count] of JSON.parse(bars ?? "[]") as BarCounts)
      sums.set(bar, (sums.get(bar) ?? 0) + count);
  return sums;
}

/** Where the newest line of a POS server stands; null when that is not known, or it may not be seen. */
export async function findLine(db: Db, access: OrganizationAccess, searchId: number, posServerId: number) {
  const row = await rowsOf(db, access, searchId)
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "posServer.name", "posServer.organizationId"])
    .select(["lastAt", "lineAt", "file", "utcOffsetMinutes"])
    .where("posServer.id", "=", posServerId)
    .where(hasPlace, "=", 1)
    .$narrowType<{ lastAt: number; lineAt: number; file: string }>()
    .executeTakeFirst();
  return row ?? null;
}
