import type { Db } from "../../database/schema.ts";
import { exampleInWords } from "../../fleet/cause-in-words.ts";
import {
  readAcknowledgementsOfIncidents,
  whoseAcknowledgements,
} from "../../fleet/incidents/acknowledgements-of-incidents.ts";
import { adviceOnIncident, NO_ADVICE } from "../../fleet/incidents/advice-in-words.ts";
import { findIncident, type ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { readStory } from "../../fleet/incidents/read-story.ts";
import { listAcknowledgements } from "../../restaurants/acknowledgements.ts";
import { findPosServer } from "../../restaurants/find-pos-server.ts";
import { findRestaurantNote } from "../../restaurants/notes.ts";
import { isVisibleTo } from "../../viewer/access.ts";
import type { IncidentFacts } from "../channels/message.ts";
import type { Scope } from "../rules/rule.ts";
import { countConcerned, selectTagged, statusOf, type Withdrawal } from "../rules/see-incidents.ts";
import type { MessageContext } from "./incident-text.ts";

const LAST_ACKNOWLEDGEMENTS = 5;

export type NotifiedIncident = NonNullable<Awaited<ReturnType<typeof readNotifiedIncident>>>;

/** An incident at `now` (ms UTC), counted within the scope; null when it concerns no POS server of it. */
export async function readNotifiedIncident(db: Db, scope: Scope, id: number, now: number) {
  const found = await findIncident(db, scope.organizations, id);
  const concerned = found ? await countConcerned(db, scope, id) : [];
  if (!found || concerned.length === 0) return null;
  const sum = (count: "failing" | "paused" | "members") =>
    concerned.reduce((total, organization) => total + organization[count], 0);
  const counts = { failing: sum("failing"), paused: sum("paused"), members: sum("members") };
  const status = statusOf(found, concerned);
  const incident = { ...found, ...counts, organizations: concerned.length };
  const posServerId = found.posServer?.id ?? null;
  const known = posServerId === null ? null : await findPosServer(db, scope.organizations, posServerId);
  const note = posServerId === null ? null : await findRestaurantNote(db, posServerId);
  const acknowledgements = await listAcknowledgements(
    db,
    whoseAcknowledgements(incident),
    LAST_ACKNOWLEDGEMENTS,
  );
  const ofIncident = acknowledgements.filter(({ takenAt }) => takenAt >= found.openedAt);
  return {
    incident: status === "over" && found.closedAt === null ? await endedFor(db, scope, incident) : incident,
    status,
    concerned,
    ...(status === "failing" ? adviceOnIncident(incident, known) : NO_ADVICE),
    acknowledgement:
      (await readAcknowledgementsOfIncidents(db, scope.organizations, [incident], now)).get(id) ?? null,
    /** The last one first. */
    takers: [...new Set(ofIncident.map(({ userName }) => userName))],
    /** How many POS servers had joined it by each minute, oldest first. */
    growth: await readGrowth(db, scope, incident),
    contact: [note?.person, note?.phone].filter(Boolean).join(", ") || null,
  };
}

/** For a scope an incident ended when the last of its POS servers left it; by a recovery only if none has trouble of its own. */
async function endedFor(db: Db, { organizations, tags }: Scope, incident: ShownIncident) {
  const { endedAt, endedBy } = await db
    .selectFrom("incidentMember")
    .select(["leftBy as endedBy", ({ fn }) => fn.max<number | null>("leftAt").over().as("endedAt")])
    .where("incidentId", "=", incident.id)
    .where(isVisibleTo(organizations, "organizationId"))
    .$if(tags.length > 0, (query) => query.where("posServerId", "in", selectTagged(db, tags)))
    .orderBy(({ eb }) => eb("leftBy", "in", ["answered", "own_cause"]), "desc")
    .orderBy(({ eb }) => eb("leftBy", "=", "recovered"), "desc")
    .orderBy("leftAt", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  return { ...incident, closedAt: endedAt ?? incident.failingSince, endedBy };
}

async function readGrowth(db: Db, { organizations, tags }: Scope, incident: ShownIncident) {
  // The story counts POS servers without the tags, too.
  if (incident.kind === "single" || tags.length > 0) return [];
  const { joined } = await readStory(db, organizations, incident);
  let posServers = 0;
  return joined.map((minute) => {
    posServers += minute.posServers;
    return { at: minute.at, posServers };
  });
}

export function incidentFacts(notified: NotifiedIncident, context: MessageContext): IncidentFacts {
  const { incident, status, concerned, acknowledgement } = notified;
  const { id, kind, example, openedAt, closedAt, endedBy, failing, members, posServer } = incident;
  return {
    id,
    kind,
    status,
    state: example.state,
    failing,
    members,
    endedBy,
    cause: exampleInWords(context, incident.example).text || null,
    openedAt: iso(openedAt),
    closedAt: closedAt === null ? null : iso(closedAt),
    organizations: concerned.map(({ organizationId: _id, paused: _paused, ...organization }) => organization),
    posServer: posServer && {
      id: posServer.id,
      name: posServer.name,
      organization: posServer.organizationName,
      crmId: posServer.crmId,
    },
    takenBy: acknowledgement && { name: acknowledgement.userName, until: iso(acknowledgement.endsAt) },
  };
}

/** The facts of an incident that no rule of the channel is about any more: for the channel it is over. */
export function withdrawalFacts({ id, kind, state, openedAt, closedAt, reason }: Withdrawal): IncidentFacts {
  const isOver = reason !== "rules";
  return {
    id,
    kind,
    status: "over",
    state,
    failing: 0,
    members: 0,
    endedBy: isOver ? reason : null,
    openedAt: iso(openedAt),
    closedAt: isOver && closedAt !== null ? iso(closedAt) : null,
    cause: null,
    organizations: [],
    posServer: null,
    takenBy: null,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
