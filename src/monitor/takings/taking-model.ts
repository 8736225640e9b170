import { ENDS_BY_ITSELF } from "../fleet/end-takings.ts";
import type { PastTaking, Taking } from "../fleet/takings.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { untilOptions } from "./taking-form.ts";

/** Who takes care of something, and who did last. */
export interface KnownTakings {
  current: Taking | null;
  last: Taking | null;
  /** Who takes care of the incident that a POS server is in with many others, while nobody does of itself. */
  ofIncident?: Taking | null;
}

/** What the card is about. */
interface TakingPlace {
  /** Of the page that has the card. */
  url: string;
  /** Why nobody can take care of it, in words; null = somebody can. */
  closed: string | null;
}

/** The card «Кто занимается» on the page of a POS server or an incident. */
export function takingModel(
  viewer: Viewer,
  { url, closed }: TakingPlace,
  { current, last, ofIncident = null }: KnownTakings,
  now: number,
) {
  const { t, format, user } = viewer;
  const path = `${url}/takings`;
  const isOwn = current !== null && current.userId === user?.id;
  return {
    path,
    formUrl: `${path}/new`,
    isOwn,
    isOffered: current === null && closed === null,
    current: current && {
      who: isOwn ? t("taking.you") : current.userName,
      until: t(isOwn ? "taking.youUntil" : "taking.until", { time: format.clock(current.endsAt, now) }),
      since: t("taking.since", { time: format.clock(current.takenAt, now) }),
      note: current.note,
      partly: current.isPartial ? t("taking.partly") : null,
    },
    ofIncident:
      ofIncident &&
      t("taking.ofIncident", { name: ofIncident.userName, time: format.clock(ofIncident.endsAt, now) }),
    nobody: closed ?? t("taking.nobody"),
    last: last && t("taking.last", { name: last.userName, day: format.day(last.takenAt, now) }),
    options: untilOptions(viewer, "", now),
  };
}

/** A taking as the history has it: who, with which note, from when to when, and what ended it by itself. */
export function takingInHistory({ t }: Viewer, taking: PastTaking, now: number) {
  const endedAt = taking.endedAt ?? (taking.endsAt <= now ? taking.endsAt : null);
  const isTimeOver = taking.endedAt === null && endedAt !== null;
  const end = isTimeOver ? "time" : ENDS_BY_ITSELF.find((known) => known === taking.endedBy);
  const words = [taking.note, end ? t(`taking.ended.${end}`) : null].filter((text) => text !== null);
  return {
    id: `taking-${taking.id}`,
    at: taking.takenAt,
    endedAt,
    label: t(endedAt === null ? "taking.inHistory.now" : "taking.inHistory.past", { name: taking.userName }),
    cause: words.length > 0 ? { text: words.join(" · "), error: null } : null,
  };
}
