import { maskGuestData } from "../../../protocol/mask-guest-data.ts";
import { causeOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import type { IncidentFacts } from "../channels/message.ts";
import type { Withdrawal } from "../rules/withdrawal.ts";
import type { Speech } from "./other-texts.ts";
import type { ToldIncident } from "./told-incident.ts";

/** The facts of an incident, for programs. */
export function incidentFacts(told: ToldIncident, { words }: Speech): IncidentFacts {
  const { incident, status, concerned, taking } = told;
  const { id, kind, example, openedAt, closedAt, endedBy, failing, members, posServer } = incident;
  return {
    ...{ id, kind, status, state: example.state, failing, members, endedBy },
    cause: maskGuestData(causeOfIncident(words, incident).text) || null,
    ...{ openedAt: iso(openedAt), closedAt: closedAt === null ? null : iso(closedAt) },
    organizations: concerned.map(({ organizationId: _id, paused: _paused, ...organization }) => organization),
    posServer: posServer && {
      ...{ id: posServer.id, name: posServer.name },
      ...{ organization: posServer.organizationName, crmId: posServer.crmId },
    },
    takenBy: taking && { name: taking.userName, until: iso(taking.endsAt) },
  };
}

/** The same of an incident of which a channel is told no more: for it, that is over. */
export function withdrawalFacts({ id, kind, state, openedAt, closedAt, reason }: Withdrawal): IncidentFacts {
  const isOver = reason !== "rules";
  return {
    ...{ id, kind, status: "over", state, failing: 0, members: 0, endedBy: isOver ? reason : null },
    ...{ openedAt: iso(openedAt), closedAt: isOver && closedAt !== null ? iso(closedAt) : null },
    ...{ cause: null, organizations: [], posServer: null, takenBy: null },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
