import type { Acknowledgement, PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import { ENDS_BY_ITSELF } from "../restaurants/end-acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { untilOptions } from "./acknowledgement-form.ts";

export interface KnownAcknowledgements {
  current: Acknowledgement | null;
  last: Acknowledgement | null;
  /** Of the common incident that a POS server is in, while nobody takes care of the POS server itself. */
  ofIncident?: Acknowledgement | null;
}

/** `closed`: why nobody can take care of it; null = somebody can. */
interface AcknowledgementPlace {
  url: string;
  closed: string | null;
}

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

/** Who, with which note, from when to when, and what ended it by itself. */
export function acknowledgementInHistory(
  { t }: Viewer,
  { id, userName: name, takenAt, endsAt, note, ...ended }: PastAcknowledgement,
  now: number,
) {
  const isTimeOver = ended.endedAt === null && endsAt <= now;
  const endedAt = isTimeOver ? endsAt : ended.endedAt;
  const end = isTimeOver ? "time" : ENDS_BY_ITSELF.find((known) => known === ended.endedBy);
  const words = [note, end ? t(`acknowledgement.ended.${end}`) : null].filter((text) => text !== null);
  return {
    id: `acknowledgement-${id}`,
    at: takenAt,
    endedAt,
    label: t(`acknowledgement.inHistory.${endedAt === null ? "now" : "past"}`, { name }),
    cause: words.length > 0 ? { text: words.join(" · "), error: null } : null,
  };
}
