import { maskGuestData } from "../../../protocol/mask-guest-data.ts";
import { exampleInWords } from "../../fleet/cause-in-words.ts";
import { meaningInWords, todoInWords } from "../../fleet/incidents/advice-in-words.ts";
import type { ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import {
  lengthOfIncident,
  placeOfIncident,
  silenceOfIncident,
  standingOfIncident,
  titleOfIncident,
} from "../../fleet/incidents/incident-in-words.ts";
import { beforeInWords } from "../../fleet/silence-in-words.ts";
import { linkAt } from "../../installation/pages-address.ts";
import { asSentence, beginSentence, inSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageLink, MessageText, NotificationKind } from "../channels/message.ts";
import type { Withdrawal } from "../rules/see-incidents.ts";
import type { NotifiedIncident } from "./notified-incident.ts";

const SHOWN_ORGANIZATIONS = 5;
const SHOWN_MINUTES = 4;

export function incidentText(told: NotifiedIncident, kind: NotificationKind, to: Speech): MessageText {
  const { words } = to;
  const { t } = words;
  const { incident, status, acknowledgement } = told;
  const { id, posServer, endedBy } = incident;
  const isOver = status === "over";
  const calmOrOver = isOver && endedBy === "recovered" ? "over" : "calm";
  const paragraphs = isOver ? endParagraphs(told, to) : troubleParagraphs(told, kind, to);
  const standing = standingInTitle(told, to);
  const title = status === "failing" ? titleOfIncident(words, incident) : beginSentence(standing);
  const open = linkTo(to, `/incidents/${id}`);
  const take = {
    text: t("acknowledgement.take"),
    action: "take",
    url: open && `${open.url}/takings/new`,
  } as const;
  const release = { text: t("message.release"), action: "release", url: null } as const;
  return {
    sign: status === "failing" ? "failing" : calmOrOver,
    title: posServer ? t("message.titleOfOne", { name: posServer.name, standing }) : title,
    paragraphs: paragraphs.filter((paragraph) => typeof paragraph === "string"),
    list: isOver || posServer ? [] : listOf(told, to),
    footer: posServer ? placeOfIncident(words, incident) : isOver ? null : growthOf(told, to),
    open,
    acknowledgement: isOver ? null : acknowledgement ? release : take,
  };
}

function standingInTitle({ incident, status }: NotifiedIncident, { words, now }: Speech): string {
  const { t, format } = words;
  const { endedBy, closedAt, openedAt, reopenings } = incident;
  if (status === "over") {
    if (endedBy !== "recovered") return t(`incident.ended.${endedBy ?? "removed"}`);
    // By a clock that was turned back meanwhile it took no time.
    if (closedAt === null || closedAt <= openedAt) return t("message.recovered");
    return t("incident.ended.recovered", { duration: format.span(openedAt, closedAt) });
  }
  if (isFlapping(incident)) return t("message.flaps", { count: reopenings + 1 });
  if (status !== "failing") return inSentence(standingOfIncident(words, incident).text);
  return inSentence(silenceOfIncident(words, incident, now) ?? t(`state.${incident.example.state}`));
}

function listOf({ concerned }: NotifiedIncident, { words: { t, format } }: Speech): MessageText["list"] {
  const failing = concerned.filter((organization) => organization.failing > 0);
  // One more is named in the place of «Ещё 1 организация».
  const isOneMore = failing.length === SHOWN_ORGANIZATIONS + 1;
  const shown = isOneMore ? failing : failing.slice(0, SHOWN_ORGANIZATIONS);
  const others = failing.slice(shown.length);
  const rest = others.reduce((total, organization) => total + organization.failing, 0);
  const named = shown.map(({ name, failing: count }) => ({ name, count: format.number(count) }));
  if (others.length === 0) return named;
  const name = t("incident.otherOrganizations", { count: others.length });
  return [...named, { name, count: format.number(rest) }];
}

/** «5 в 02:01, 12 в 02:03, 18 в 02:04» */
function growthOf({ growth }: NotifiedIncident, { words: { t, format }, now }: Speech): string | null {
  if (growth.length < 2) return null;
  const shown = [...growth.slice(0, 1), ...growth.slice(1).slice(1 - SHOWN_MINUTES)];
  return shown
    .map(({ at, posServers }) => t("message.by", { count: posServers, time: format.clock(at, now) }))
    .join(", ");
}

/** What and since when, what it means at the tills, what to do, who is on it, whom to call. */
function troubleParagraphs(told: NotifiedIncident, kind: NotificationKind, to: Speech) {
  const { words, now } = to;
  const { t } = words;
  const { incident, advice, adviceBefore, contact } = told;
  const { posServer, failing, paused, members } = incident;
  const recovered = members - failing - paused;
  const isFailing = told.status === "failing";
  const isInTitle = posServer !== null && !isFlapping(incident);
  const todo = advice && todoInWords(words, incident, advice);
  return [
    isFailing && reminder(told, kind, to),
    silence(incident, to),
    causeSince(incident, to),
    !posServer && recovered > 0 && t("message.recoveredOf", { recovered, members }),
    !isFailing && !isInTitle && asSentence(standingOfIncident(words, incident).text),
    advice && meaningInWords(words, incident, advice, now),
    todo && (advice.todo === "wait_for_many" ? todo : t("message.todo", { todo: inSentence(todo) })),
    adviceBefore && t("posServer.todo.afterSilence"),
    adviceBefore && t(`cause.todo.${adviceBefore.todo}`),
    taken(told, to),
    isFailing && contact && t("message.restaurant", { contact }),
  ];
}

function endParagraphs({ incident, takers }: NotifiedIncident, { words, now }: Speech) {
  const { t, format } = words;
  const { posServer, members, openedAt, closedAt, endedBy, reopenings } = incident;
  const end = closedAt ?? openedAt;
  const isSameDay = format.day(openedAt, end) === format.day(end, end);
  const [from, to] = [format.clock(openedAt, now), format.clock(end, isSameDay ? end : now)];
  const period = t("posServer.period", { from, to });
  return [
    !posServer && endedBy === "recovered" && t("message.allExchange", { count: members }),
    asSentence(t("message.was", { period, cause: inSentence(causeOf(words, incident)) })),
    reopenings > 0 && t("message.lasted", { length: lengthOfIncident(words, incident) }),
    takers.length > 0 && t("message.takers", { names: takers.join(", ") }),
  ];
}

function reminder(
  { incident, acknowledgement }: NotifiedIncident,
  kind: NotificationKind,
  { words, now }: Speech,
) {
  const { t, format } = words;
  const { reopenings, failingSince } = incident;
  const lasted = format.span(failingSince, now);
  if (kind === "escalated" || kind === "repeated")
    return t(acknowledgement?.isPartial ? `message.partly.${kind}` : `message.${kind}`, { lasted });
  return reopenings > 0 && !isFlapping(incident) && t("message.reopened");
}

function silence(incident: ShownIncident, { words, now }: Speech): string | null {
  const silent = silenceOfIncident(words, incident, now);
  const { silentSince, failingSince } = incident;
  if (silent === null || silentSince === null) return null;
  const before = beforeInWords(words, causeOf(words, incident), failingSince, silentSince);
  return `${asSentence(silent)} ${asSentence(before)}`;
}

/** «База данных повреждена — с 22:41.» */
function causeSince(incident: ShownIncident, { words, now }: Speech): string {
  const { t, format } = words;
  const { posServer, openedAt, failingSince, reopenings } = incident;
  const cause = causeOf(words, incident).replace(/\.$/, "");
  const [first, time] = [format.clock(openedAt, now), format.clock(failingSince, now)];
  const since =
    reopenings > 0 ? t("message.sinceFirst", { first, last: time }) : t("message.since", { time });
  const what = posServer ? cause : t("message.commonCause", { cause: inSentence(cause) });
  return t("message.causeSince", { cause: what, since });
}

/** What nobody knows a cause of is said in the words of the POS server, without what may be of a guest. */
function causeOf(words: Speech["words"], incident: ShownIncident): string {
  const { text } = exampleInWords(words, incident.example);
  if (text === "" || text !== incident.example.text) return text;
  return words.t(incident.posServer ? "message.says" : "message.manySay", { text: maskGuestData(text) });
}

function taken({ acknowledgement }: NotifiedIncident, { words: { t, format }, now }: Speech): string | null {
  if (!acknowledgement) return null;
  const { userName: name, endsAt, note, isPartial } = acknowledgement;
  const time = format.clock(endsAt, now);
  const words = t(isPartial ? "message.partly.taken" : "message.taken", { name, time });
  return note ? t("message.takenWithNote", { words, note }) : asSentence(words);
}

/** In which words something is said, with links to which address (`https://host/path`, empty = not known), and when (`now`, ms UTC). */
export interface Speech {
  words: Pick<Viewer, "t" | "format">;
  address: string;
  now: number;
}

/** «Открыть»: a page of Poswatch; null when nobody knows its address. */
export function linkTo({ words, address }: Speech, path: string): MessageLink | null {
  return address === "" ? null : { text: words.t("message.open"), url: linkAt(address, path) };
}

/** The last that a channel is told of an incident of which it is told no more. */
export function withdrawalText(withdrawal: Withdrawal, to: Speech): MessageText {
  const { id, reason, posServer: name, organizations } = withdrawal;
  const { t } = to.words;
  const isOfRules = reason === "rules";
  const standing = isOfRules ? t("message.withdrawn.title") : t(`incident.ended.${reason}`);
  return {
    sign: "calm",
    list: [],
    acknowledgement: null,
    title: name ? t("message.titleOfOne", { name, standing }) : beginSentence(standing),
    paragraphs: [t(isOfRules ? "message.withdrawn.rules" : "message.withdrawn.notPolled")],
    footer: organizations.join(", ") || null,
    // Nobody is shown what is archived.
    open: reason === "archived" ? null : linkTo(to, `/incidents/${id}`),
  };
}
