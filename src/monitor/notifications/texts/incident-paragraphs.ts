import { maskGuestData } from "../../../protocol/mask-guest-data.ts";
import { meaningInWords, todoInWords } from "../../fleet/incidents/advice-in-words.ts";
import type { ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import {
  causeOfIncident,
  lengthOfIncident,
  silenceOfIncident,
  standingOfIncident,
} from "../../fleet/incidents/incident-in-words.ts";
import { beforeInWords } from "../../fleet/silence-in-words.ts";
import { asSentence } from "../../viewer/as-sentence.ts";
import { inSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { TellingKind } from "../channels/message.ts";
import type { ToldIncident } from "./told-incident.ts";

type Words = Pick<Viewer, "t" | "format">;

/** What is said of what lasts: what and since when, what it means at the tills, what to do, who is on it, whom to call. */
export function troubleParagraphs(
  words: Words,
  told: ToldIncident,
  kind: TellingKind,
  now: number,
): string[] {
  const { t, format } = words;
  const { incident, status, advice, adviceBefore, taking } = told;
  const { posServer, failing, paused, members } = incident;
  const recovered = members - failing - paused;
  const isInTitle = posServer !== null && !isFlapping(incident);
  return [
    ...(status === "failing" ? reminders(words, told, kind, now) : []),
    ...silence(words, incident, now),
    causeSince(words, incident, now),
    ...(!posServer && recovered > 0 ? [t("message.recoveredOf", { recovered, members })] : []),
    ...(status === "failing" || isInTitle ? [] : [asSentence(standingOfIncident(words, incident).text)]),
    ...(advice ? [meaningInWords(words, incident, advice, now), todo(words, told)] : []),
    ...(adviceBefore ? [t("posServer.todo.afterSilence"), t(`cause.todo.${adviceBefore.todo}`)] : []),
    ...(taking ? [takenBy()] : []),
    ...(status === "failing" ? restaurant(words, told) : []),
  ];

  function takenBy(): string {
    const time = format.clock(taking?.endsAt ?? now, now);
    const words = t(taking?.isPartial ? "message.partly.taken" : "message.taken", {
      name: taking?.userName,
      time,
    });
    return taking?.note ? t("message.takenWithNote", { words, note: taking.note }) : asSentence(words);
  }
}

/** What is said of what is over: from when to when, what it was, who took care of it. */
export function endParagraphs(words: Words, { incident, takers }: ToldIncident, now: number): string[] {
  const { t, format } = words;
  const { posServer, members, openedAt, closedAt, endedBy, reopenings } = incident;
  const end = closedAt ?? openedAt;
  const isSameDay = format.day(openedAt, end) === format.day(end, end);
  const period = t("posServer.period", {
    from: format.clock(openedAt, now),
    to: format.clock(end, isSameDay ? end : now),
  });
  return [
    ...(!posServer && endedBy === "recovered" ? [t("message.allExchange", { count: members })] : []),
    asSentence(t("message.was", { period, cause: inSentence(causeOf(words, incident)) })),
    ...(reopenings > 0 ? [t("message.lasted", { length: lengthOfIncident(words, incident) })] : []),
    ...(takers.length > 0 ? [t("message.takers", { names: takers.join(", ") })] : []),
  ];
}

/** Why it is told again, or that it has come back. */
function reminders(
  { t, format }: Words,
  { incident, taking }: ToldIncident,
  kind: TellingKind,
  now: number,
): string[] {
  const { reopenings, failingSince } = incident;
  const lasted = format.span(failingSince, now);
  if (kind === "escalated" || kind === "repeated")
    return [t(taking?.isPartial ? `message.partly.${kind}` : `message.${kind}`, { lasted })];
  return reopenings > 0 && !isFlapping(incident) ? [t("message.reopened")] : [];
}

/** That it does not answer now, and how long it had had what it has by then. */
function silence(words: Words, incident: ShownIncident, now: number): string[] {
  const silent = silenceOfIncident(words, incident, now);
  const { silentSince, failingSince } = incident;
  if (silent === null || silentSince === null) return [];
  const before = beforeInWords(words, causeOf(words, incident), failingSince, silentSince);
  return [`${asSentence(silent)} ${asSentence(before)}`];
}

/** «База данных повреждена — с 22:41.» */
function causeSince(words: Words, incident: ShownIncident, now: number): string {
  const { t, format } = words;
  const { posServer, openedAt, failingSince, reopenings } = incident;
  const cause = causeOf(words, incident).replace(/\.$/, "");
  const first = format.clock(openedAt, now);
  const since =
    reopenings > 0
      ? t("message.sinceFirst", { first, last: format.clock(failingSince, now) })
      : t("message.since", { time: format.clock(failingSince, now) });
  const what = posServer ? cause : t("message.commonCause", { cause: inSentence(cause) });
  return t("message.causeSince", { cause: what, since });
}

/** What nobody knows a cause of is said in the words of the POS server, without what may be of a guest. */
function causeOf(words: Words, incident: ShownIncident): string {
  const { text } = causeOfIncident(words, incident);
  if (text === "" || text !== incident.example.text) return text;
  const said = maskGuestData(text);
  return words.t(incident.posServer ? "message.says" : "message.manySay", { text: said });
}

function todo(words: Words, { incident, advice }: ToldIncident): string {
  if (!advice) return "";
  const todo = todoInWords(words, incident, advice);
  return advice.todo === "wait_for_many" ? todo : words.t("message.todo", { todo: inSentence(todo) });
}

function restaurant({ t }: Words, { contact }: ToldIncident): string[] {
  return contact === null ? [] : [t("message.restaurant", { contact })];
}
