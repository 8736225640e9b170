import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { FAILURE_CODES, type FailureCode, isRefusal } from "../pos-client/calls/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { holdsText } from "./candidates.ts";
import type { PosServerFilter } from "./filter.ts";

/** Above this number SQLite compares the texts of each row faster than its id. */
const MOST_IDS = 20_000;

/** What a search finds outside the table of statuses. */
export interface SearchedFor {
  /** Failures whose words in the viewer's language hold the text. */
  failureCodes: readonly FailureCode[];
  /** Organizations of the viewer whose names hold the text. */
  organizationIds: readonly number[];
  /** The found POS servers of all organizations. `ids` is a JSON array. Null without a search, and when too many are found. */
  searched: { ids: string; count: number } | null;
  /** POS servers in whose logs the filter's log search found something; null = the filter names none. */
  foundInLogsIds: readonly number[] | null;
}

export const SEARCHED_FOR_NOTHING: SearchedFor = {
  failureCodes: [],
  organizationIds: [],
  searched: null,
  foundInLogsIds: null,
};

export async function findSearchedFor(
  db: Db,
  { t, organizations: access, user }: Viewer,
  { search, logSearchId }: Pick<PosServerFilter, "search" | "logSearchId">,
): Promise<SearchedFor> {
  const foundInLogsIds = logSearchId === null ? null : await findInLogs(db, logSearchId, user?.id ?? 0);
  const wanted = searchText(search);
  if (wanted === "") return { ...SEARCHED_FOR_NOTHING, foundInLogsIds };
  const holdsIt = (text: string) => searchText(text).includes(wanted);
  const organizations = await listOrganizations(db, access);
  const isSilenceMeant = holdsIt(t("cause.title.no_answer"));
  const failureCodes = FAILURE_CODES.filter(
    (code) => holdsIt(t(`failure.${code}`)) || (isSilenceMeant && !isRefusal(code)),
  );
  const organizationIds = organizations.filter(({ name }) => holdsIt(name)).map(({ id }) => id);
  const found = db
    .selectFrom("posStatus")
    .select("posServerId")
    .where(holdsText(wanted, { failureCodes, organizationIds }))
    .limit(MOST_IDS);
  const searched = await db
    .selectFrom(found.as("found"))
    .select([
      sql<string>`json_group_array(pos_server_id)`.as("ids"),
      ({ fn }) => fn.countAll<number>().as("count"),
    ])
    .executeTakeFirstOrThrow();
  return {
    failureCodes,
    organizationIds,
    searched: searched.count < MOST_IDS ? searched : null,
    foundInLogsIds,
  };
}

/** Log searches are seen by their makers alone. */
async function findInLogs(db: Db, logSearchId: number, userId: number): Promise<number[]> {
  const found = await db
    .selectFrom("logSearchItem")
    .innerJoin("logSearch", "logSearch.id", "logSearchId")
    .select("logSearchItem.posServerId")
    .where("logSearchId", "=", logSearchId)
    .where("userId", "=", userId)
    .where("count", ">", 0)
    .execute();
  return found.map(({ posServerId }) => posServerId);
}
