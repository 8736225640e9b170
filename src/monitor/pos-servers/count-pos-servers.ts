import type { ExpressionBuilder, Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import {
  isFound,
  isLeftOut,
  type ListQuery,
  matchesFilter,
  selectCandidates,
  selectSegmented,
} from "./candidates.ts";

/** Up to here the ids come along with their number, so that listing a rare thing needs no second pass. */
const FEW = 1_500;

export interface PosServerCounts {
  /** Found on all pages together. */
  found: number;
  /** Those that only the period leaves out. */
  outside: number;
  /** What was found, in no order, when it is little; otherwise null. */
  foundIds: number[] | null;
}

/** Counts all the POS servers that the filter finds, on every page, in one pass over the table. */
export async function countPosServers(db: Kysely<Database>, query: ListQuery): Promise<PosServerCounts> {
  const counted = selectCandidates(db, query).where((eb) =>
    eb.or([isFound(query)(eb), isLeftOut(query)(eb)]),
  );
  const first = await counted
    .select((eb) => ["pos_server_id as id", isFound(query)(eb).as("isFound")])
    .orderBy("pos_server_id")
    .limit(FEW)
    .execute();
  const foundIds = first.filter((row) => row.isFound).map(({ id }) => id);
  const found = foundIds.length;
  const outside = first.length - found;
  if (first.length < FEW) return { found, outside, foundIds };

  const rest = await counted
    .where("pos_server_id", ">", first.at(-1)?.id ?? 0)
    .select(({ fn, eb }) => [
      fn.countAll<number>().filterWhere(isFound(query)(eb)).as("found"),
      fn.countAll<number>().as("counted"),
    ])
    .executeTakeFirstOrThrow();
  return { found: found + rest.found, outside: outside + rest.counted - rest.found, foundIds: null };
}

/**
 * The same, and how many are in each state within organization and search, whatever else the filter asks for.
 * @param all how many of everything that may be seen are in each state.
 */
export async function countPosServersAndSegments(
  db: Kysely<Database>,
  query: ListQuery,
  all: StateCounts,
): Promise<PosServerCounts & { segments: StateCounts }> {
  const { search, organizationId } = query.filter;
  // Without a search the states are counted already; with one everything is counted in the same pass.
  if (search !== "") return await countInOnePass(db, query);
  const segments = organizationId === null ? all : await countStates(db, query.access, organizationId);
  return { ...(await countPosServers(db, query)), segments };
}

async function countInOnePass(db: Kysely<Database>, query: ListQuery) {
  const matching = selectSegmented(db, query);
  const columns = (eb: ExpressionBuilder<Database, "pos_status">) => ({
    segment: eb
      .case()
      .when("standing", "=", "parked")
      .then("parked" as const)
      .else(eb.ref("state"))
      .end(),
    isFound: eb.and([matchesFilter(query)(eb), isFound(query)(eb)]),
    isLeftOut: eb.and([matchesFilter(query)(eb), isLeftOut(query)(eb)]),
  });
  const first = await matching
    .select((eb) => [
      "pos_server_id as id",
      columns(eb).segment.as("segment"),
      columns(eb).isFound.as("isFound"),
      columns(eb).isLeftOut.as("isLeftOut"),
    ])
    .orderBy("pos_server_id")
    .limit(FEW)
    .execute();
  const segments: StateCounts = {};
  for (const { segment } of first) segments[segment] = (segments[segment] ?? 0) + 1;
  const foundIds = first.filter((row) => row.isFound).map(({ id }) => id);
  const counts = { found: foundIds.length, outside: first.filter((row) => row.isLeftOut).length };
  if (first.length < FEW) return { ...counts, foundIds, segments };

  const rest = await matching
    .where("pos_server_id", ">", first.at(-1)?.id ?? 0)
    .select((eb) => [
      columns(eb).segment.as("segment"),
      eb.fn.countAll<number>().as("posServers"),
      eb.fn.countAll<number>().filterWhere(columns(eb).isFound).as("found"),
      eb.fn.countAll<number>().filterWhere(columns(eb).isLeftOut).as("outside"),
    ])
    .groupBy("segment")
    .execute();
  for (const { segment, posServers, found, outside } of rest) {
    segments[segment] = (segments[segment] ?? 0) + posServers;
    counts.found += found;
    counts.outside += outside;
  }
  return { ...counts, foundIds: null, segments };
}
