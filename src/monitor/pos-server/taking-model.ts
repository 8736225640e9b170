import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { Taking } from "../fleet/takings.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { untilOptions } from "./taking-form-model.ts";

/** Who takes care of a POS server, and who did last. */
export interface KnownTakings {
  current: Taking | null;
  last: Taking | null;
}

/** The card «Кто занимается» on the page of a POS server. */
export function takingModel(
  viewer: Viewer,
  { id, parked }: Pick<ShownPosServer, "id" | "parked">,
  { current, last }: KnownTakings,
  now: number,
) {
  const { t, format, user } = viewer;
  const path = `/pos-servers/${id}/takings`;
  const isOwn = current !== null && current.userId === user?.id;
  return {
    path,
    formUrl: `${path}/new`,
    isOwn,
    isOffered: current === null && parked === 0,
    current: current && {
      who: isOwn ? t("taking.you") : current.userName,
      until: t(isOwn ? "taking.youUntil" : "taking.until", { time: format.clock(current.endsAt, now) }),
      since: t("taking.since", { time: format.clock(current.takenAt, now) }),
      note: current.note,
    },
    nobody: parked === 1 ? t("taking.parked") : t("taking.nobody"),
    last: last && t("taking.last", { name: last.userName, day: format.day(last.takenAt, now) }),
    options: untilOptions(viewer, "", now),
  };
}
