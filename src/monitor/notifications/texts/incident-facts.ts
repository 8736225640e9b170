import { maskGuestData } from "../../../protocol/mask-guest-data.ts";
import { causeOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { IncidentFacts } from "../channels/message.ts";
import type { ToldIncident } from "./told-incident.ts";

/** The facts of an incident, for programs. */
export function incidentFacts(
  words: Pick<Viewer, "t">,
  { incident, status, concerned, taking }: ToldIncident,
): IncidentFacts {
  const { id, kind, example, openedAt, closedAt, endedBy, failing, members, posServer } = incident;
  const cause = maskGuestData(causeOfIncident(words, incident).text);
  return {
    ...{ id, kind, status, state: example.state, failing, members },
    cause: cause || null,
    openedAt: iso(openedAt),
    closedAt: closedAt === null ? null : iso(closedAt),
    endedBy: endedBy ?? null,
    organizations: concerned.map((organization) => ({
      ...{ name: organization.name, crmId: organization.crmId },
      ...{ failing: organization.failing, members: organization.members },
    })),
    posServer: posServer && {
      ...{ id: posServer.id, name: posServer.name },
      ...{ organization: posServer.organizationName, crmId: posServer.crmId },
    },
    takenBy: taking && { name: taking.userName, until: iso(taking.endsAt) },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
