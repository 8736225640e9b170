import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import type { SearchNames } from "../fleet/search-names.ts";
import { POS_SERVER_STATES } from "../fleet/state.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { FAILURE_CODES, type FailureCode } from "../pos-client/calls/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { PosServerFilter } from "./filter.ts";

/** Of more of them SQLite finds the rows faster by itself. */
const MOST_OTHERS = 20_000;

/** What a search finds outside the table of statuses. */
export interface SearchedFor {
  /** Failures whose words in the viewer's language hold the text. */
  failureCodes: readonly FailureCode[];
  /** Organizations of the viewer whose names hold the text. */
  organizationIds: readonly number[];
  /** All POS servers that are found, whoever may see them; null = many, or nothing is searched for. */
  searchedIds: readonly number[] | null;
  /** POS servers in whose logs the filter's log search found something; null = the filter names none. */
  foundInLogsIds: readonly number[] | null;
}

export const SEARCHED_FOR_NOTHING: SearchedFor = {
  failureCodes: [],
  organizationIds: [],
  searchedIds: null,
  foundInLogsIds: null,
};

export async function findSearchedFor(
  db: Db,
  searchNames: SearchNames,
  { t, organizations: access, user }: Viewer,
  { search, logSearchId }: Pick<PosServerFilter, "search" | "logSearchId">,
): Promise<SearchedFor> {
  const foundInLogsIds = logSearchId === null ? null : await findInLogs(db, logSearchId, user?.id ?? 0);
  const wanted = searchText(search);
  if (wanted === "") return { ...SEARCHED_FOR_NOTHING, foundInLogsIds };
  const holdsIt = (text: string) => searchText(text).includes(wanted);
  const organizations = await listOrganizations(db, access);
  const failureCodes = FAILURE_CODES.filter((code) => holdsIt(t(`failure.${code}`)));
  const organizationIds = organizations.filter(({ name }) => holdsIt(name)).map(({ id }) => id);
  const named = await searchNames(db, wanted);
  const others = named && (await findOthers(db, wanted, failureCodes, organizationIds));
  const searchedIds = others && [...new Set([...named, ...others])];
  return { failureCodes, organizationIds, searchedIds, foundInLogsIds };
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

/** Those that are found by something else than what they are called. @returns null = many. */
async function findOthers(
  db: Db,
  wanted: string,
  failureCodes: readonly FailureCode[],
  organizationIds: readonly number[],
): Promise<number[] | null> {
  const holds = (column: "nameSearch" | "errorSearch") =>
    sql<boolean>`instr(${sql.ref(column)}, ${wanted}) > 0`;
  const ofStatuses = db.selectFrom("posStatus").select("posServerId");
  const found = await db
    .selectFrom("posServerTag")
    .innerJoin("tag", "tag.id", "posServerTag.tagId")
    .select("posServerId")
    .where(holds("nameSearch"))
    // Ranked first are those that have an error.
    .unionAll(ofStatuses.where("errorRank", "=", 0).where(holds("errorSearch")))
    .unionAll(ofStatuses.where("organizationId", "in", organizationIds))
    .unionAll(
      ofStatuses
        .where("stateRank", "=", POS_SERVER_STATES.indexOf("unreachable"))
        .where("failureCode", "in", failureCodes),
    )
    .limit(MOST_OTHERS)
    .execute();
  return found.length < MOST_OTHERS ? found.map(({ posServerId }) => posServerId) : null;
}
