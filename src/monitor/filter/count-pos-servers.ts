import type { Db } from "../database/schema.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import {
  isFound,
  isLeftOut,
  type ListQuery,
  leavesOut,
  selectCandidates,
  selectSegmented,
} from "./candidates.ts";

/** Up to this number the ids that a search finds are kept too, so that listing them needs no second one. */
const FEW = 1_500;

export interface PosServerCounts {
  found: number;
  /** Those that only the period leaves out. */
  outside: number;
  /** In no order; null without a search, or when there are more than `FEW`. */
  foundIds: number[] | null;
  outsideIds: number[] | null;
}

/** All that the filter finds, on every page. */
export async function countPosServers(db: Db, query: ListQuery): Promise<PosServerCounts> {
  const candidates = selectCandidates(db, query);
  if (query.filter.search !== "") {
    const few = await candidates
      .where((eb) =>
        leavesOut(query.filter) ? eb.or([isFound(query)(eb), isLeftOut(query)(eb)]) : isFound(query)(eb),
      )
      .select((eb) => [
        "posServerId as id",
        isFound(query)(eb).as("isFound"),
        isLeftOut(query)(eb).as("isLeftOut"),
      ])
      .limit(FEW)
      .execute();
    if (few.length < FEW) return countFew(few);
  }
  const all = await candidates
    .select(({ fn, eb }) => [
      fn.countAll<number>().filterWhere(isFound(query)(eb)).as("found"),
      fn.countAll<number>().filterWhere(isLeftOut(query)(eb)).as("outside"),
    ])
    .executeTakeFirstOrThrow();
  return { ...all, foundIds: null, outsideIds: null };
}

function countFew(rows: { id: number; isFound: unknown; isLeftOut: unknown }[]): PosServerCounts {
  const foundIds = rows.filter((row) => row.isFound).map(({ id }) => id);
  const outsideIds = rows.filter((row) => row.isLeftOut).map(({ id }) => id);
  return { found: foundIds.length, outside: outsideIds.length, foundIds, outsideIds };
}

/**
 * Counts the POS servers in each state within organization, tag and searches alone.
 * @param all the counts of everything that the viewer may see.
 */
export async function countSegments(db: Db, query: ListQuery, all: StateCounts): Promise<StateCounts> {
  const { search, tagId, logSearchId, organizationId } = query.filter;
  if (search === "" && tagId === null && logSearchId === null)
    return organizationId === null ? all : await countStates(db, query.access, organizationId);
  const rows = await selectSegmented(db, query)
    .select(({ eb, fn }) => [
      eb
        .case()
        .when("standing", "=", "parked")
        .then("parked" as const)
        .else(eb.ref("state"))
        .end()
        .as("segment"),
      fn.countAll<number>().as("posServers"),
    ])
    .groupBy("segment")
    .execute();
  return Object.fromEntries(rows.map(({ segment, posServers }) => [segment, posServers]));
}
