import type { Acknowledgement, PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import { ENDS_BY_ITSELF } from "../restaurants/end-acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { untilOptions } from "./acknowledgement-form.ts";

/** Who takes care of something, and who did last. */
export interface KnownAcknowledgements {
  current: Acknowledgement | null;
  last: Acknowledgement | null;
  /** Who takes care of the incident that a POS server is in with many others, while nobody does of itself. */
  ofIncident?: Acknowledgement | null;
}

/** What the card is about. */
interface AcknowledgementPlace {
  /** Of the page that has the card. */
  url: string;
  /** Why nobody can take care of it, in words; null = somebody can. */
  closed: string | null;
}

/** The card «Кто занимается» on the page of a POS server or an incident. */
export function acknowledgementModel(
  viewer: Viewer,
  { url, closed }: AcknowledgementPlace,
  { current, last, ofIncident = null }: KnownAcknowledgements,
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
      who: isOwn ? t("acknowledgement.you") : current.userName,
      until: t(isOwn ? "acknowledgement.youUntil" : "acknowledgement.until", {
        time: format.clock(current.endsAt, now),
      }),
      since: t("acknowledgement.since", { time: format.clock(current.takenAt, now) }),
      note: current.note,
      partly: current.isPartial ? t("acknowledgement.partly") : null,
    },
    ofIncident:
      ofIncident &&
      t("acknowledgement.ofIncident", {
        name: ofIncident.userName,
        time: format.clock(ofIncident.endsAt, now),
      }),
    nobody: closed ?? t("acknowledgement.nobody"),
    last: last && t("acknowledgement.last", { name: last.userName, day: format.day(last.takenAt, now) }),
    options: untilOptions(viewer, "", now),
  };
}

/** An acknowledgement as the history has it: who, with which note, from when to when, and what ended it by itself. */
export function acknowledgementInHistory({ t }: Viewer, acknowledgement: PastAcknowledgement, now: number) {
  const endedAt = acknowledgement.endedAt ?? (acknowledgement.endsAt <= now ? acknowledgement.endsAt : null);
  const isTimeOver = acknowledgement.endedAt === null && endedAt !== null;
  const end = isTimeOver ? "time" : ENDS_BY_ITSELF.find((known) => known === acknowledgement.endedBy);
  const words = [acknowledgement.note, end ? t(`acknowledgement.ended.${end}`) : null].filter(
    (text) => text !== null,
  );
  return {
    id: `acknowledgement-${acknowledgement.id}`,
    at: acknowledgement.takenAt,
    endedAt,
    label: t(endedAt === null ? "acknowledgement.inHistory.now" : "acknowledgement.inHistory.past", {
      name: acknowledgement.userName,
    }),
    cause: words.length > 0 ? { text: words.join(" · "), error: null } : null,
  };
}
