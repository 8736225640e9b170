import { isProblem, type PosServerState } from "../fleet/state.ts";
import { callOf, type RestaurantNote } from "../restaurants/notes.ts";
import { usualUntil } from "../restaurants/until-choices.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { PosServerRow } from "./row-model.ts";

/** @returns a function that makes the menu «⋯» of a row: everything that can be done about its POS server. */
export function createRowMenuModel(viewer: Viewer, now: number) {
  const { t, format, timeZone } = viewer;
  const until = usualUntil(now, timeZone);
  const words = {
    label: t("posServers.column.others"),
    pick: t("batch.choose"),
    open: t("incident.toPosServer"),
    take: t("acknowledgement.take"),
    takeNote: t("acknowledgement.untilByItself", { time: format.clock(until, until) }),
    resetNote: t("posServers.resetNote"),
    whereElse: t("logSearch.title"),
    whoTakes: t("acknowledgement.heading"),
    poll: t("cause.step.check_connection"),
    tags: t("tags.heading"),
    park: t("batch.kind.park"),
    parking: t("parking.change"),
  };

  return (row: PosServerRow & { state: PosServerState }, isTaken: boolean, note: RestaurantNote | null) => {
    const { url, links, isParked, state } = row;
    const isWatched = !isParked && state !== "unsupported";
    const take =
      isWatched && !isTaken ? { url: `${url}/takings`, text: words.take, note: words.takeNote } : null;
    return {
      label: words.label,
      pick: words.pick,
      /** Takes it at once; `whoTakes` asks, since somebody has it. */
      take,
      whoTakes: isTaken ? { url: `${url}/takings/new`, text: words.whoTakes } : null,
      /** Beside the step too. */
      isTakenInRow: take !== null && isProblem(state),
      call: callOf(viewer, note),
      poll: isWatched && links.logs ? words.poll : null,
      repairs: [
        links.logs,
        hasSyncError(row) ? { url: whereElseUrl(row), text: words.whereElse } : null,
        links.serviceStart ?? links.serviceRestart,
        links.reset && { ...links.reset, note: words.resetNote },
      ].filter((link) => link !== null),
      open: words.open,
      registry: [
        { url: `${url}/tags/new`, text: words.tags },
        { url: `${url}/parking/new`, text: isParked ? words.parking : words.park },
      ],
    };
  };
}

/** What it says can be searched for in the logs of others. */
export function hasSyncError({
  error,
  links,
  state,
}: Pick<PosServerRow, "error" | "links" | "state">): boolean {
  return error !== null && links.logs !== null && state !== "unreachable";
}

/** Its error is known there: an address with it in every row would make the list heavy. */
export function whereElseUrl({ id }: Pick<PosServerRow, "id">): string {
  return `/log-searches/new?posServer=${id}`;
}
