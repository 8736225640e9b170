import type { Db } from "../database/schema.ts";
import { countPosServers } from "../filter/count-pos-servers.ts";
import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import { listPlaces } from "../filter/list-pos-servers.ts";
import { findSearchedFor } from "../filter/searched-for.ts";
import { isProblem, type PosServerState } from "../fleet/state.ts";
import { LATELY_MS } from "../fleet/summary.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Only the beginning of longer lists can be walked through. */
const WALKED = 2_000;

/**
 * Finds the place of a POS server in a list, and those beside it; null when it is not there, or the list is simply all of
 * them. A walk through problems leaves out what is well; after one that just recovered comes the first.
 * @returns `number`: from 1; null = it has left the list.
 */
export async function findWalk(
  db: Db,
  viewer: Viewer,
  filter: PosServerFilter,
  posServer: { id: number; state: PosServerState; recoveredAt: number | null },
  now: number,
) {
  const isOfProblems = !asksForOneKind(filter);
  const isJustMended = posServer.recoveredAt !== null && now - posServer.recoveredAt < LATELY_MS;
  if (isOfProblems && !isProblem(posServer.state) && !isJustMended) return null;
  const access = viewer.organizations;
  const walked = isOfProblems ? { ...filter, isSyncedHidden: true, page: 1 } : { ...filter, page: 1 };
  const query = {
    access,
    now,
    filter: walked,
    groupedCauses: [],
    ...(await findSearchedFor(db, viewer, filter)),
  };
  const counts = await countPosServers(db, query);
  const listed = await listPlaces(db, query, counts, WALKED);
  const places = isOfProblems ? listed.filter(({ state }) => isProblem(state)) : listed;
  const index = places.findIndex(({ id }) => id === posServer.id);
  if (index < 0 && (!isJustMended || places.length === 0)) return null;
  return {
    isOfProblems,
    number: index < 0 ? null : index + 1,
    total: places.length,
    firstId: places[0]?.id ?? null,
    previousId: places[index - 1]?.id ?? null,
    nextId: places[index + 1]?.id ?? null,
  };
}

function asksForOneKind({ state, scope, causeKey, change }: PosServerFilter): boolean {
  return state !== null || scope !== "listed" || causeKey !== null || change !== null;
}

/** «‹ Проблема 1 из 7 ›», with links to the POS servers beside this one in the list. */
export function walkModel(
  { t, format }: Viewer,
  filter: PosServerFilter,
  walk: NonNullable<Awaited<ReturnType<typeof findWalk>>>,
) {
  const kind = walk.isOfProblems ? "problem" : "posServer";
  const of = walk.total < WALKED ? "of" : "ofMore";
  const urlOf = (id: number | null) => (id === null ? null : filterUrl(filter, `/pos-servers/${id}`));
  return {
    text:
      walk.number === null
        ? t(`posServer.walk.${kind}.left`, { count: walk.total })
        : t(`posServer.walk.${kind}.${of}`, {
            number: format.number(walk.number),
            total: format.number(walk.total),
          }),
    previousUrl: urlOf(walk.previousId),
    nextUrl: urlOf(walk.nextId),
  };
}
