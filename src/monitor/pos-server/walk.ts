import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { isProblem, type PosServerState } from "../fleet/state.ts";
import { countStates } from "../fleet/summary.ts";
import { countWithSegments } from "../pos-servers/count-with-segments.ts";
import type { PosServerFilter } from "../pos-servers/filter.ts";
import { listPlaces } from "../pos-servers/list-pos-servers.ts";
import { findSearchedFor } from "../pos-servers/searched-for.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** So far one walks through a list. */
export const WALKED = 2_000;

/** Where a POS server stands in the list that somebody came from, and those beside it. */
export interface Walk {
  /** Nobody walks from a problem to what is well. */
  isOfProblems: boolean;
  /** From 1. */
  number: number;
  /** `WALKED` stands for more. */
  total: number;
  previousId: number | null;
  nextId: number | null;
}

/** Finds the place of a POS server in a list; null when it is not there, or when that list is just all of them. */
export async function findWalk(
  db: Kysely<Database>,
  viewer: Viewer,
  filter: PosServerFilter,
  posServer: { id: number; state: PosServerState },
  now: number,
): Promise<Walk | null> {
  const isOfProblems = !asksForOneKind(filter);
  if (isOfProblems && !isProblem(posServer.state)) return null;
  const access = viewer.organizations;
  const walked = isOfProblems ? { ...filter, isSyncedHidden: true, page: 1 } : { ...filter, page: 1 };
  const query = {
    ...{ access, now, filter: walked, groupedCauses: [] },
    ...(await findSearchedFor(db, viewer, filter.search)),
  };
  const counts = await countWithSegments(db, query, await countStates(db, access), 0);
  const listed = await listPlaces(db, query, counts, WALKED);
  const places = isOfProblems ? listed.filter(({ state }) => isProblem(state)) : listed;
  const index = places.findIndex(({ id }) => id === posServer.id);
  if (index < 0) return null;
  return {
    isOfProblems,
    number: index + 1,
    total: places.length,
    previousId: places[index - 1]?.id ?? null,
    nextId: places[index + 1]?.id ?? null,
  };
}

function asksForOneKind({ state, scope, causeKey, change }: PosServerFilter): boolean {
  return state !== null || scope !== "listed" || causeKey !== null || change !== null;
}
