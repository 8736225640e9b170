import { filterUrl, type PosServerFilter } from "../pos-servers/filter.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { WALKED, type Walk } from "./walk.ts";

/** «‹ Проблема 1 из 7 ›»: the way to the POS servers beside this one in the list that somebody came from. */
export function walkModel({ t, format }: Viewer, filter: PosServerFilter, walk: Walk) {
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
