import {
  acknowledgementModel,
  type KnownAcknowledgements,
} from "../acknowledgements/acknowledgement-model.ts";
import { filterUrl, withNothingBut } from "../filter/filter.ts";
import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { placeOfIncident, titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import type { ConcernedOrganization, ShownMember } from "../fleet/incidents/list-members.ts";
import { excerptModel } from "../log-excerpts/excerpt-model.ts";
import type { FoundExcerpt } from "../log-excerpts/find-excerpts.ts";
import { namePartsOf } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { cardModel, endInWords, type KnownPosServer } from "./card-model.ts";
import { type ShownStory, storyModel } from "./story-model.ts";

export const SHOWN_ORGANIZATIONS = 5;
export const SHOWN_MEMBERS = 50;

interface KnownIncident {
  incident: ShownIncident;
  acknowledgements: KnownAcknowledgements;
  story: ShownStory;
  /** Of a common incident; one more than is shown when there are more. */
  members: ShownMember[];
  concerned: ConcernedOrganization[];
  excerpts: FoundExcerpt[];
  /** How many failures general phrases of a log have shown. */
  guessed: number;
  /** Of an open single incident. */
  posServer: KnownPosServer | null;
}

export function incidentModel(viewer: Viewer, known: KnownIncident, now: number) {
  const { incident, acknowledgements, story, members, concerned, excerpts, guessed, posServer } = known;
  const { t } = viewer;
  const { id, kind, closedAt } = incident;
  const place = { url: `/incidents/${id}`, closed: closedAt === null ? null : t("incident.nothingToTake") };
  return {
    title: titleOfIncident(viewer, incident),
    place: `${t("incident.number", { id })} · ${placeOfIncident(viewer, incident)}`,
    card: cardModel(viewer, incident, { posServer, hasLines: excerpts.length > 0 }, now),
    guessed: guessed === 0 ? null : t("evidence.incident", { count: guessed }),
    /** Of a common incident, of one POS server. */
    logLines: excerpts.map((excerpt) => ({
      ...excerptModel(viewer, excerpt, now),
      heading: kind === "common" ? t("logExcerpt.of", { name: excerpt.posServerName }) : null,
    })),
    acknowledgement: acknowledgementModel(viewer, place, acknowledgements, now),
    story: storyModel(viewer, incident, story, now),
    concerned: kind === "common" ? concernedModel(viewer, incident, concerned) : null,
    members: kind === "common" ? membersModel(viewer, incident, members, now) : null,
  };
}

function concernedModel(
  { t, format }: Viewer,
  incident: ShownIncident,
  concerned: readonly ConcernedOrganization[],
) {
  const shown = concerned.slice(0, SHOWN_ORGANIZATIONS);
  const sum = (key: "failing" | "members") => shown.reduce((total, one) => total + one[key], 0);
  const isOpen = incident.closedAt === null;
  const count = (failing: number, members: number) =>
    isOpen && failing < members
      ? t("incident.failingOf", { failing: format.number(failing), members: format.number(members) })
      : format.number(members);
  const others = incident.organizations - shown.length;
  const restCount = count(incident.failing - sum("failing"), incident.members - sum("members"));
  return {
    isOpen,
    organizations: shown.map(({ id, name, failing, members }) => ({
      name,
      url: filterUrl(withNothingBut({ organizationId: id })),
      count: count(failing, members),
    })),
    others:
      others > 0 ? { text: t("incident.otherOrganizations", { count: others }), count: restCount } : null,
  };
}

function membersModel(
  viewer: Viewer,
  { members: total }: ShownIncident,
  members: readonly ShownMember[],
  now: number,
) {
  const { t, format } = viewer;
  const more = t("posServers.cause.more", { shown: SHOWN_MEMBERS, total: format.number(total) });
  return {
    heading: t("posServers.found", { count: total }),
    rows: members.slice(0, SHOWN_MEMBERS).map((member) => ({
      ...member,
      ...standingOfMember(viewer, member),
      nameParts: namePartsOf(member.name),
      url: member.posServerId === null ? null : `/pos-servers/${member.posServerId}`,
      time: timeOfMember(viewer, member, now),
      failures: member.failures > 1 ? t("incident.failures", { count: member.failures }) : null,
    })),
    more: members.length > SHOWN_MEMBERS ? more : null,
  };
}

function timeOfMember(viewer: Viewer, { joinedAt, leftAt }: ShownMember, now: number): string {
  const { t, format } = viewer;
  const from = format.clock(joinedAt, now);
  if (leftAt === null) return t("posServer.since", { time: from });
  const to = endInWords(viewer, joinedAt, leftAt, now);
  return `${t("logRequest.period", { from, to })} · ${format.span(joinedAt, leftAt)}`;
}

function standingOfMember({ t }: Viewer, { status, state, leftBy }: ShownMember) {
  if (status === "failing" && state) return { state, label: t(`state.${state}`) };
  if (status === "paused") return { state: "closed", label: t("incident.paused") };
  if (leftBy === "recovered") return { state: "synced", label: t("incident.memberRecovered") };
  return { state: "pending", label: t(`incident.ended.${leftBy ?? "removed"}`) };
}
