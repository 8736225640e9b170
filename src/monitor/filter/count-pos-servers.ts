import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import { isFound, type ListQuery, selectCandidates, selectLeftOut, selectSegmented } from "./candidates.ts";

export interface PosServerCounts {
  found: number;
  /** Those that only the period leaves out. */
  outside: number;
}

/** All that the filter finds, on every page. */
export async function countPosServers(db: Db, query: ListQuery): Promise<PosServerCounts> {
  const { scope, isSyncedHidden, state } = query.filter;
  const candidates = selectCandidates(db, query);
  const outside = await countRows(selectLeftOut(db, query));
  // Few are outside, by an index, which spares all others the comparison.
  if (scope === "listed" && (!isSyncedHidden || state !== null))
    return { outside, found: (await countRows(candidates)) - outside };
  return { outside, found: await countRows(candidates.where(isFound(query))) };
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
