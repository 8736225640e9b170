import {
  acknowledgementModel,
  type KnownAcknowledgements,
} from "../acknowledgements/acknowledgement-model.ts";
import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { placeOfIncident, titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import type { ConcernedOrganization, ShownMember } from "../fleet/incidents/list-members.ts";
import { filterUrl, withNothingBut } from "../pos-servers/filter.ts";
import { namePartsOf } from "../viewer/name-parts.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { cardModel, type KnownPosServer } from "./card-model.ts";
import { type NotifiedStory, storyModel } from "./story-model.ts";

export const SHOWN_ORGANIZATIONS = 5;
export const SHOWN_MEMBERS = 50;

/** What is known of an incident, for its page. */
export interface KnownIncident {
  incident: ShownIncident;
  acknowledgements: KnownAcknowledgements;
  story: NotifiedStory;
  /** Of one of many, one more than are shown when there are more; those of organizations likewise. */
  members: ShownMember[];
  concerned: ConcernedOrganization[];
  /** How many fail as their logs say by general phrases. */
  guessed: number;
  /** Of a single one that is open. */
  posServer: KnownPosServer | null;
}

/** What the page of an incident shows and refreshes. */
export function incidentModel(viewer: Viewer, known: KnownIncident, now: number) {
  const { incident, acknowledgements, story, members, concerned, guessed, posServer } = known;
  const { t } = viewer;
  return {
    title: titleOfIncident(viewer, incident),
    place: `${t("incident.number", { id: incident.id })} · ${placeOfIncident(viewer, incident)}`,
    card: cardModel(viewer, incident, posServer, now),
    guessed: guessed === 0 ? null : t("evidence.incident", { count: guessed }),
    acknowledgement: acknowledgementModel(
      viewer,
      {
        url: `/incidents/${incident.id}`,
        closed: incident.closedAt === null ? null : t("incident.nothingToTake"),
      },
      acknowledgements,
      now,
    ),
    story: storyModel(viewer, incident, story, now),
    concerned: incident.kind === "common" ? concernedModel(viewer, incident, concerned) : null,
    members: incident.kind === "common" ? membersModel(viewer, incident, members, now) : null,
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
  return {
    isOpen,
    organizations: shown.map(({ id, name, failing, members }) => ({
      name,
      url: filterUrl(withNothingBut({ organizationId: id })),
      count: count(failing, members),
    })),
    others:
      others > 0
        ? {
            text: t("incident.otherOrganizations", { count: others }),
            count: count(incident.failing - sum("failing"), incident.members - sum("members")),
          }
        : null,
  };
}

function membersModel(
  viewer: Viewer,
  { members: total }: ShownIncident,
  members: readonly ShownMember[],
  now: number,
) {
  const { t, format } = viewer;
  return {
    heading: t("incident.members", { count: total }),
    rows: members.slice(0, SHOWN_MEMBERS).map((member) => ({
      id: member.id,
      nameParts: namePartsOf(member.name),
      name: member.name,
      url: member.posServerId === null ? null : `/pos-servers/${member.posServerId}`,
      organizationName: member.organizationName,
      ...standingOfMember(viewer, member),
      time: timeOfMember(viewer, member, now),
      failures: member.failures > 1 ? t("incident.failures", { count: member.failures }) : null,
    })),
    more:
      members.length > SHOWN_MEMBERS
        ? t("posServers.cause.more", { shown: SHOWN_MEMBERS, total: format.number(total) })
        : null,
  };
}

/** Since when it fails, or from when to when it did. */
function timeOfMember({ t, format }: Viewer, { joinedAt, leftAt }: ShownMember, now: number): string {
  const from = format.clock(joinedAt, now);
  if (leftAt === null) return t("posServer.since", { time: from });
  const isSameDay = format.day(joinedAt, now) === format.day(leftAt, now);
  const to = isSameDay ? format.clock(leftAt, leftAt) : format.clock(leftAt, now);
  return `${t("posServer.period", { from, to })} · ${format.span(joinedAt, leftAt)}`;
}

function standingOfMember({ t }: Viewer, { status, state, leftBy }: ShownMember) {
  if ((status === "failing" || status === "suspended") && state) return { state, label: t(`state.${state}`) };
  if (status === "paused") return { state: "closed" as const, label: t("incident.paused") };
  if (leftBy === "recovered") return { state: "synced" as const, label: t("incident.member.recovered") };
  return { state: "pending" as const, label: t(`incident.ended.${leftBy ?? "removed"}`) };
}
