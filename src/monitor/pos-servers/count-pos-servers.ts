import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import { isFound, isLeftOut, type ListQuery, selectCandidates, selectSegmented } from "./candidates.ts";

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

/** Counts each state within organization and search; without a search the counts are kept, not scanned for. */
export async function countSegments(db: Kysely<Database>, query: ListQuery): Promise<StateCounts> {
  const { search, organizationId } = query.filter;
  if (search === "") return await countStates(db, query.access, organizationId);
  const rows = await selectSegmented(db, query)
    .select(({ fn, eb }) => [
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
