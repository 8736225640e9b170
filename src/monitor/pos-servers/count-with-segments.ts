import type { ExpressionBuilder } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import {
  isFound,
  isLeftOut,
  isOneOf,
  type ListQuery,
  matchesFilter,
  selectLeftOut,
  selectSegmented,
} from "../filter/candidates.ts";
import { countFew, countPosServers, FEW, type PosServerCounts } from "../filter/count-pos-servers.ts";
import type { PosServerFilter } from "../filter/filter.ts";
import { EXCHANGING_STATES, LISTED_STATES } from "../fleet/state.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";

/**
 * Counts what the filter finds, and how many are in each state within organization, tag and search alone.
 * @param all counts by state of everything that the viewer may see.
 * @param grouped how many of what the filter finds are in the rows of common causes.
 */
export async function countWithSegments(
  db: Db,
  query: ListQuery,
  all: StateCounts,
  grouped: number,
): Promise<PosServerCounts & { segments: StateCounts }> {
  const { search, tagId, organizationId } = query.filter;
  if (search !== "" || tagId !== null) return await countInOnePass(db, query);
  const segments = organizationId === null ? all : await countStates(db, query.access, organizationId);
  const counts =
    (await countFromSegments(db, query, segments, grouped)) ?? (await countPosServers(db, query));
  return { ...counts, segments };
}

/**
 * Takes the counts of most lists from the segments, so that only the silent ones have to be counted.
 * @returns null when few are found, whose ids are wanted, or when the filter has conditions that segments lack.
 */
async function countFromSegments(
  db: Db,
  query: ListQuery,
  segments: StateCounts,
  grouped: number,
): Promise<PosServerCounts | null> {
  const { filter } = query;
  const { scope, causeKey, change, isByGuess } = filter;
  if (scope !== "listed" || causeKey !== null || change !== null || isByGuess) return null;
  const candidates = shownStates(filter).reduce((sum, state) => sum + (segments[state] ?? 0), -grouped);
  if (candidates < FEW) return null;
  const { hidden, ...leftOut } = await countLeftOut(db, query);
  const found = candidates - (leftOut.outside - hidden);
  if (found > 0 && found < FEW) return null;
  return { ...leftOut, found, foundIds: found > 0 ? null : [] };
}

function shownStates({ state, isSyncedHidden }: PosServerFilter) {
  if (state !== null) return [state];
  return isSyncedHidden
    ? LISTED_STATES.filter((listed) => !EXCHANGING_STATES.includes(listed))
    : LISTED_STATES;
}

async function countLeftOut(db: Db, query: ListQuery) {
  if (query.filter.period === null) return { outside: 0, outsideIds: [], hidden: 0 };
  const { isSyncedHidden, state } = query.filter;
  const isHidden = (eb: ExpressionBuilder<Database, "posStatus">) =>
    isSyncedHidden && state === null ? eb("state", "in", EXCHANGING_STATES) : eb.or([]);
  const leftOut = selectLeftOut(db, query);
  const few = await leftOut
    .select((eb) => ["posServerId as id", isHidden(eb).as("isHidden")])
    .limit(FEW)
    .execute();
  if (few.length < FEW) {
    const hidden = few.filter((row) => row.isHidden).length;
    return { outside: few.length, outsideIds: few.map(({ id }) => id), hidden };
  }
  const counted = await leftOut
    .select(({ fn, eb }) => [
      fn.countAll<number>().as("outside"),
      fn.countAll<number>().filterWhere(isHidden(eb)).as("hidden"),
    ])
    .executeTakeFirstOrThrow();
  return { ...counted, outsideIds: null };
}

/** Of a search or a tag. */
async function countInOnePass(db: Db, query: ListQuery) {
  const { searchedIds } = query;
  const matching = selectSegmented(db, query, searchedIds ? isOneOf(searchedIds) : undefined);
  const isMany = query.access === "all" && query.filter.search !== "" && (searchedIds?.length ?? FEW) >= FEW;
  const columns = (eb: ExpressionBuilder<Database, "posStatus">) => ({
    segment: eb
      .case()
      .when("standing", "=", "parked")
      .then("parked" as const)
      .else(eb.ref("state"))
      .end(),
    isFound: eb.and([matchesFilter(query)(eb), isFound(query)(eb)]),
    isLeftOut: eb.and([matchesFilter(query)(eb), isLeftOut(query)(eb)]),
  });
  const segments: StateCounts = {};
  if (!isMany) {
    const few = await matching
      .select((eb) => [
        "posServerId as id",
        columns(eb).segment.as("segment"),
        columns(eb).isFound.as("isFound"),
        columns(eb).isLeftOut.as("isLeftOut"),
      ])
      .limit(FEW)
      .execute();
    if (few.length < FEW) {
      for (const { segment } of few) segments[segment] = (segments[segment] ?? 0) + 1;
      return { ...countFew(few), segments };
    }
  }
  const counted = await matching
    .select((eb) => [
      columns(eb).segment.as("segment"),
      eb.fn.countAll<number>().as("posServers"),
      eb.fn.countAll<number>().filterWhere(columns(eb).isFound).as("found"),
      eb.fn.countAll<number>().filterWhere(columns(eb).isLeftOut).as("outside"),
    ])
    .groupBy("segment")
    .execute();
  const counts: PosServerCounts = { found: 0, outside: 0, foundIds: null, outsideIds: null };
  for (const { segment, posServers, found, outside } of counted) {
    segments[segment] = posServers;
    counts.found += found;
    counts.outside += outside;
  }
  return { ...counts, segments };
}
