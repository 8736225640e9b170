import type { Db } from "../database/schema.ts";
import { isFound, isLeftOut, type ListQuery, selectCandidates } from "./candidates.ts";

/** Up to this number the ids are kept too, so that listing them needs no second pass. */
export const FEW = 1_500;

export interface PosServerCounts {
  found: number;
  /** Those that only the period leaves out. */
  outside: number;
  /** In no order; null when there are more than `FEW`. */
  foundIds: number[] | null;
  outsideIds: number[] | null;
}

/** All that the filter finds, on every page, in one pass over the table. */
export async function countPosServers(db: Db, query: ListQuery): Promise<PosServerCounts> {
  const counted = selectCandidates(db, query).where((eb) =>
    eb.or([isFound(query)(eb), isLeftOut(query)(eb)]),
  );
  const first = await counted
    .select((eb) => [
      "posServerId as id",
      isFound(query)(eb).as("isFound"),
      isLeftOut(query)(eb).as("isLeftOut"),
    ])
    .orderBy("posServerId")
    .limit(FEW)
    .execute();
  const counts = countFirst(first);
  if (first.length < FEW) return counts;

  const rest = await counted
    .where("posServerId", ">", first.at(-1)?.id ?? 0)
    .select(({ fn, eb }) => [
      fn.countAll<number>().filterWhere(isFound(query)(eb)).as("found"),
      fn.countAll<number>().filterWhere(isLeftOut(query)(eb)).as("outside"),
    ])
    .executeTakeFirstOrThrow();
  return withMore(counts, rest);
}

export function countFirst(rows: { id: number; isFound: unknown; isLeftOut: unknown }[]): PosServerCounts {
  const foundIds = rows.filter((row) => row.isFound).map(({ id }) => id);
  const outsideIds = rows.filter((row) => row.isLeftOut).map(({ id }) => id);
  return { found: foundIds.length, outside: outsideIds.length, foundIds, outsideIds };
}

export function withMore(
  { found, outside, foundIds, outsideIds }: PosServerCounts,
  more: { found: number; outside: number },
): PosServerCounts {
  return {
    found: found + more.found,
    outside: outside + more.outside,
    foundIds: more.found === 0 ? foundIds : null,
    outsideIds: more.outside === 0 ? outsideIds : null,
  };
}
