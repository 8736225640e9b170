import { beforeInWords, exampleInWords } from "../../fleet/cause-in-words.ts";
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
import { linkAt } from "../../installation/addresses.ts";
import { asSentence, beginSentence, inSentence } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageLink, MessageText, NotificationKind } from "../channels/message.ts";
import type { Withdrawal } from "../rules/see-incidents.ts";
import type { NotifiedIncident } from "./notified-incident.ts";

const SHOWN_ORGANIZATIONS = 5;
const SHOWN_MINUTES = 4;

/** `address`: for links (`https://host/path`, empty = unknown); `now`: the time of sending (ms UTC). */
export interface MessageContext extends Pick<Viewer, "t" | "format"> {
  address: string;
  now: number;
}

export function incidentText(
  notified: NotifiedIncident,
  kind: NotificationKind,
  context: MessageContext,
): MessageText {
  const { t } = context;
  const { incident, status, acknowledgement } = notified;
  const { id, posServer, endedBy } = incident;
  const isOver = status === "over";
  const calmOrOver = isOver && endedBy === "recovered" ? "over" : "calm";
  const paragraphs = isOver ? endParagraphs(notified, context) : troubleParagraphs(notified, kind, context);
  const standing = standingInTitle(notified, context);
  const title = status === "failing" ? titleOfIncident(context, incident) : beginSentence(standing);
  const open = linkTo(context, `/incidents/${id}`);
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
    list: isOver || posServer ? [] : listOf(notified, context),
    footer: posServer ? placeOfIncident(context, incident) : isOver ? null : growthOf(notified, context),
    open,
    acknowledgement: isOver ? null : acknowledgement ? release : take,
  };
}

function standingInTitle({ incident, status }: NotifiedIncident, context: MessageContext): string {
  const { t, format, now } = context;
  const { endedBy, closedAt, openedAt, reopenings } = incident;
  if (status === "over") {
    if (endedBy !== "recovered") return t(`incident.ended.${endedBy ?? "removed"}`);
    // When the clock was turned back meanwhile.
    if (closedAt === null || closedAt <= openedAt) return t("message.recovered");
    return t("incident.ended.recovered", { duration: format.span(openedAt, closedAt) });
  }
  if (isFlapping(incident)) return t("message.flaps", { count: reopenings + 1 });
  if (status !== "failing") return inSentence(standingOfIncident(context, incident).text);
  return inSentence(silenceOfIncident(context, incident, now) ?? t(`state.${incident.example.state}`));
}

function listOf({ concerned }: NotifiedIncident, { t, format }: MessageContext): MessageText["list"] {
  const failing = concerned.filter((organization) => organization.failing > 0);
  // Names one more in place of «Ещё 1 организация».
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
function growthOf({ growth }: NotifiedIncident, { t, format, now }: MessageContext): string | null {
  if (growth.length < 2) return null;
  const shown = [...growth.slice(0, 1), ...growth.slice(1).slice(1 - SHOWN_MINUTES)];
  return shown
    .map(({ at, posServers }) => t("message.by", { count: posServers, time: format.clock(at, now) }))
    .join(", ");
}

/** What has happened and since when, what it means at the tills, what to do, who takes care of it, whom to call. */
function troubleParagraphs(notified: NotifiedIncident, kind: NotificationKind, context: MessageContext) {
  const { t, now } = context;
  const { incident, advice, adviceBefore, contact } = notified;
  const { posServer, failing, paused, members } = incident;
  const recovered = members - failing - paused;
  const isFailing = notified.status === "failing";
  const isInTitle = posServer !== null && !isFlapping(incident);
  const todo = advice && todoInWords(context, incident, advice);
  return [
    isFailing && reminder(notified, kind, context),
    silence(incident, context),
    causeSince(incident, context),
    !posServer && recovered > 0 && t("message.recoveredOf", { recovered, members }),
    !isFailing && !isInTitle && asSentence(standingOfIncident(context, incident).text),
    advice && meaningInWords(context, incident, advice, now),
    todo && (advice.todo === "wait_for_many" ? todo : t("message.todo", { todo: inSentence(todo) })),
    adviceBefore && t("posServer.todo.afterSilence"),
    adviceBefore && t(`cause.todo.${adviceBefore.todo}`),
    acknowledgementInWords(notified, context),
    isFailing && contact && t("message.restaurant", { contact }),
  ];
}

function endParagraphs({ incident, takers }: NotifiedIncident, context: MessageContext) {
  const { t, format, now } = context;
  const { posServer, members, openedAt, closedAt, endedBy, reopenings } = incident;
  const end = closedAt ?? openedAt;
  const isSameDay = format.day(openedAt, end) === format.day(end, end);
  const [from, to] = [format.clock(openedAt, now), format.clock(end, isSameDay ? end : now)];
  const period = t("logRequest.period", { from, to });
  return [
    !posServer && endedBy === "recovered" && t("message.allExchange", { count: members }),
    asSentence(t("message.was", { period, cause: inSentence(causeOf(context, incident)) })),
    reopenings > 0 && t("message.lasted", { length: lengthOfIncident(context, incident) }),
    takers.length > 0 && t("message.takers", { names: takers.join(", ") }),
  ];
}

function reminder(
  { incident, acknowledgement }: NotifiedIncident,
  kind: NotificationKind,
  { t, format, now }: MessageContext,
) {
  const { reopenings, failingSince } = incident;
  const lasted = format.span(failingSince, now);
  if (kind === "escalated" || kind === "repeated")
    return t(acknowledgement?.isPartial ? `message.partly.${kind}` : `message.${kind}`, { lasted });
  return reopenings > 0 && !isFlapping(incident) && t("message.reopened");
}

function silence(incident: ShownIncident, context: MessageContext): string | null {
  const { silentSince, failingSince } = incident;
  const silent = silenceOfIncident(context, incident, context.now);
  if (silent === null || silentSince === null) return null;
  const before = beforeInWords(context, causeOf(context, incident), failingSince, silentSince);
  return `${asSentence(silent)} ${asSentence(before)}`;
}

/** «База данных повреждена — с 22:41.» */
function causeSince(incident: ShownIncident, context: MessageContext): string {
  const { t, format, now } = context;
  const { posServer, openedAt, failingSince, reopenings } = incident;
  const cause = causeOf(context, incident).replace(/\.$/, "");
  const [first, time] = [format.clock(openedAt, now), format.clock(failingSince, now)];
  const since =
    reopenings > 0 ? t("message.sinceFirst", { first, last: time }) : t("posServer.since", { time });
  const what = posServer ? cause : t("message.commonCause", { cause: inSentence(cause) });
  return t("message.causeSince", { cause: what, since });
}

/** An unknown cause is quoted from the POS server. */
function causeOf(context: MessageContext, incident: ShownIncident): string {
  const { text } = exampleInWords(context, incident.example);
  if (text === "" || text !== incident.example.text) return text;
  return context.t(incident.posServer ? "message.says" : "quoted", { text });
}

function acknowledgementInWords(
  { acknowledgement }: NotifiedIncident,
  { t, format, now }: MessageContext,
): string | null {
  if (!acknowledgement) return null;
  const { userName: name, endsAt, note, isPartial } = acknowledgement;
  const time = format.clock(endsAt, now);
  const words = t(isPartial ? "message.partly.taken" : "message.taken", { name, time });
  return note ? t("message.takenWithNote", { words, note }) : asSentence(words);
}

/** «Открыть»: a page of Poswatch; null when its address is unknown. */
export function linkTo({ t, address }: MessageContext, path: string): MessageLink | null {
  return address === "" ? null : { text: t("logArchive.open"), url: linkAt(address, path) };
}

/** The last message of an incident that no rule of the channel is about any more. */
export function withdrawalText(withdrawal: Withdrawal, context: MessageContext): MessageText {
  const { id, reason, posServer: name, organizations } = withdrawal;
  const { t } = context;
  const isOfRules = reason === "rules";
  const standing = isOfRules ? t("message.withdrawn.title") : t(`incident.ended.${reason}`);
  return {
    sign: "calm",
    list: [],
    acknowledgement: null,
    title: name ? t("message.titleOfOne", { name, standing }) : beginSentence(standing),
    paragraphs: [t(isOfRules ? "message.withdrawn.rules" : "message.withdrawn.notPolled")],
    footer: organizations.join(", ") || null,
    // Archived organizations have no pages.
    open: reason === "archived" ? null : linkTo(context, `/incidents/${id}`),
  };
}
