import type { Db } from "../../database/schema.ts";
import { findPosServer } from "../../fleet/find-pos-server.ts";
import { adviceOnIncident, type IncidentAdvice, NO_ADVICE } from "../../fleet/incidents/advice-in-words.ts";
import { findIncident, type ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import { type MinuteCount, readStory } from "../../fleet/incidents/read-story.ts";
import { readTakingsOfIncidents, whoseTakings } from "../../fleet/incidents/takings-of-incidents.ts";
import { readRestaurantNotes } from "../../fleet/restaurant-notes.ts";
import { listTakings, type Taking } from "../../fleet/takings.ts";
import { isVisibleTo } from "../../viewer/access.ts";
import { type ConcernedCount, countConcerned, type Scope, selectTagged } from "../rules/concerned.ts";
import type { IncidentStatus } from "../rules/next-telling.ts";
import { statusOf } from "../rules/see-incidents.ts";

const LAST_TAKINGS = 5;

/** An incident as it is told to somebody: only what they may see. */
export interface ToldIncident extends IncidentAdvice {
  /** Counted are the POS servers of the scope; of what is over for these, with its end. */
  incident: ShownIncident;
  status: IncidentStatus;
  /** Those with the most that fail first. */
  concerned: ConcernedCount[];
  taking: Taking | null;
  /** Who took care of it meanwhile, the last one first. */
  takers: string[];
  /** How many had come into it by a minute, oldest first. */
  growth: MinuteCount[];
  /** Whom to call in the restaurant of a single one; null = nobody has written that down. */
  contact: string | null;
}

/** Reads an incident for a scope at `now` (ms UTC); null when it concerns nobody of it. */
export async function readToldIncident(
  db: Db,
  scope: Scope,
  id: number,
  now: number,
): Promise<ToldIncident | null> {
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
  const takings = await listTakings(db, whoseTakings(incident), LAST_TAKINGS);
  return {
    incident: status === "over" && found.closedAt === null ? await endedFor(db, scope, incident) : incident,
    status,
    concerned,
    ...(status === "failing" ? adviceOnIncident(incident, known) : NO_ADVICE),
    taking: (await readTakingsOfIncidents(db, scope.organizations, [incident], now)).get(id) ?? null,
    takers: [
      ...new Set(takings.filter(({ takenAt }) => takenAt >= found.openedAt).map(({ userName }) => userName)),
    ],
    growth: found.kind === "common" ? await readGrowth(db, scope, incident) : [],
    contact: await readContact(db, incident),
  };
}

/** For those of a scope it was over when the last of them left it, as a whole incident ends: recovered only where none has trouble of its own. */
async function endedFor(
  db: Db,
  { organizations, tags }: Scope,
  incident: ShownIncident,
): Promise<ShownIncident> {
  const { endedAt, endedBy } = await db
    .selectFrom("incident_member")
    .select(["left_by as endedBy", ({ fn }) => fn.max<number | null>("left_at").over().as("endedAt")])
    .where("incident_id", "=", incident.id)
    .where(isVisibleTo(organizations, "organization_id"))
    .$if(tags.length > 0, (query) => query.where("pos_server_id", "in", selectTagged(db, tags)))
    .orderBy(({ eb }) => eb("left_by", "in", ["answered", "own_cause"]), "desc")
    .orderBy(({ eb }) => eb("left_by", "=", "recovered"), "desc")
    .orderBy("left_at", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  return { ...incident, closedAt: endedAt ?? incident.failingSince, endedBy };
}

async function readGrowth(
  db: Db,
  { organizations, tags }: Scope,
  incident: ShownIncident,
): Promise<MinuteCount[]> {
  // Whom else it concerns is not told.
  if (tags.length > 0) return [];
  const { joined } = await readStory(db, organizations, incident);
  let posServers = 0;
  return joined.map((minute) => {
    posServers += minute.posServers;
    return { ...minute, posServers };
  });
}

async function readContact(db: Db, { posServer }: ShownIncident): Promise<string | null> {
  const id = posServer?.id ?? null;
  const note = id === null ? undefined : (await readRestaurantNotes(db, [id])).get(id);
  const contact = [note?.person, note?.phone].filter(Boolean).join(", ");
  return contact || null;
}
