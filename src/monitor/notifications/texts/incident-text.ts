import { isFlapping } from "../../fleet/incidents/incident.ts";
import {
  placeOfIncident,
  silenceOfIncident,
  standingOfIncident,
  titleOfIncident,
} from "../../fleet/incidents/incident-in-words.ts";
import { beginSentence, inSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageSign, MessageText, TellingKind } from "../channels/message.ts";
import type { IncidentStatus } from "../rules/next-telling.ts";
import { endParagraphs, troubleParagraphs } from "./incident-paragraphs.ts";
import { linkTo } from "./links.ts";
import type { ToldIncident } from "./told-incident.ts";

const SHOWN_ORGANIZATIONS = 5;
const SHOWN_MINUTES = 4;
const SIGNS: Record<IncidentStatus, MessageSign> = {
  failing: "failing",
  paused: "calm",
  quiet: "calm",
  over: "over",
};

type Words = Pick<Viewer, "t" | "format">;

/** What is told of an incident, at `now` (ms UTC). @param address of Poswatch; empty = not known. */
export function incidentText(
  words: Words,
  told: ToldIncident,
  kind: TellingKind,
  address: string,
  now: number,
): MessageText {
  const { incident, status, taking } = told;
  const isOver = status === "over";
  const page = `/incidents/${incident.id}`;
  return {
    sign: isOver && incident.endedBy !== "recovered" ? "calm" : SIGNS[status],
    title: titleOf(words, told, now),
    paragraphs: isOver ? endParagraphs(words, told, now) : troubleParagraphs(words, told, kind, now),
    list: isOver ? [] : listOf(words, told),
    footer: incident.posServer
      ? placeOfIncident(words, incident)
      : isOver
        ? null
        : growthOf(words, told, now),
    open: linkTo(words, address, page),
    taking: isOver ? null : takingOf(),
  };

  function takingOf(): MessageText["taking"] {
    if (taking) return { text: words.t("message.release"), action: "release", url: null };
    const form = linkTo(words, address, `${page}/takings/new`);
    return { text: words.t("taking.take"), action: "take", url: form?.url ?? null };
  }
}

function titleOf(words: Words, told: ToldIncident, now: number): string {
  const { incident, status } = told;
  const { posServer } = incident;
  const standing = standingInTitle(words, told, now);
  if (posServer) return words.t("message.titleOfOne", { name: posServer.name, standing });
  return status === "failing" ? titleOfIncident(words, incident) : beginSentence(standing);
}

function standingInTitle(words: Words, { incident, status }: ToldIncident, now: number): string {
  const { t, format } = words;
  const { endedBy, closedAt, openedAt, reopenings } = incident;
  if (status === "over") {
    if (endedBy !== "recovered") return t(`incident.ended.${endedBy ?? "removed"}`);
    // By a clock that was turned back meanwhile it took no time.
    if (closedAt === null || closedAt <= openedAt) return t("message.recovered");
    return t("incident.ended.recovered", { duration: format.span(openedAt, closedAt) });
  }
  if (isFlapping(incident)) return t("message.flaps", { count: reopenings + 1 });
  const silence = silenceOfIncident(words, incident, now);
  if (status === "failing" && silence) return inSentence(silence);
  if (status === "failing") return inSentence(t(`state.${incident.example.state}`));
  return inSentence(standingOfIncident(words, incident).text);
}

function listOf({ t, format }: Words, { incident, concerned }: ToldIncident): MessageText["list"] {
  if (incident.posServer) return [];
  const failing = concerned.filter((organization) => organization.failing > 0);
  // One more is named in the place of «Ещё 1 организация».
  const shown = failing.slice(
    0,
    failing.length === SHOWN_ORGANIZATIONS + 1 ? failing.length : SHOWN_ORGANIZATIONS,
  );
  const others = failing.slice(shown.length);
  const rest = others.reduce((total, organization) => total + organization.failing, 0);
  return [
    ...shown.map(({ name, failing: count }) => ({ name, count: format.number(count) })),
    ...(others.length > 0
      ? [{ name: t("incident.otherOrganizations", { count: others.length }), count: format.number(rest) }]
      : []),
  ];
}

/** «5 в 02:01, 12 в 02:03, 18 в 02:04» */
function growthOf({ t, format }: Words, { growth }: ToldIncident, now: number): string | null {
  if (growth.length < 2) return null;
  const shown = [...growth.slice(0, 1), ...growth.slice(1).slice(1 - SHOWN_MINUTES)];
  return shown
    .map(({ at, posServers }) => t("message.by", { count: posServers, time: format.clock(at, now) }))
    .join(", ");
}
