import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { type CauseExample, withoutNames } from "../cause-example.ts";
import type { IncidentEventKind, IncidentKind } from "./incident.ts";

const MINUTE_MS = 60_000;
/** The last ones of what flaps for weeks. */
const MOST_EVENTS = 200;

/** How many POS servers came into an incident, or left it, within a minute that began then (ms UTC). */
export interface MinuteCount {
  at: number;
  posServers: number;
  /** Those of them whose exchange works again. */
  recovered: number;
}

export interface IncidentEvent {
  id: number;
  at: number;
  kind: IncidentEventKind;
  /** Of another cause. */
  example: CauseExample | null;
  /** Of a return: since when it had been quiet. */
  quietAt: number | null;
}

/** What became of an incident, as far as somebody may see it; oldest first. */
export interface IncidentStory {
  joined: MinuteCount[];
  left: MinuteCount[];
  events: IncidentEvent[];
}

export async function readStory(
  db: Db,
  access: OrganizationAccess,
  { id: incidentId, kind }: { id: number; kind: IncidentKind },
): Promise<IncidentStory> {
  // Of many, another cause may have been found at somebody else's POS server.
  const isForeign = kind === "common" && access !== "all";
  const events = await db
    .selectFrom("incidentEvent")
    .select(["id", "at", "kind", "detail"])
    .where("incidentId", "=", incidentId)
    .orderBy("id", "desc")
    .limit(MOST_EVENTS)
    .execute();
  return {
    joined: await countByMinute(db, access, incidentId, "joinedAt"),
    left: await countByMinute(db, access, incidentId, "leftAt"),
    events: events.reverse().map(({ detail, ...event }) => {
      const told = detail === null ? null : JSON.parse(detail);
      const example: CauseExample | null = event.kind === "cause" ? told : null;
      return {
        ...event,
        example: example && isForeign ? withoutNames(example) : example,
        quietAt: event.kind === "reopened" ? told.quietAt : null,
      };
    }),
  };
}

async function countByMinute(
  db: Db,
  access: OrganizationAccess,
  incidentId: number,
  column: "joinedAt" | "leftAt",
): Promise<MinuteCount[]> {
  return await db
    .selectFrom("incidentMember")
    .select(({ fn, ref }) => [
      sql<number>`${ref(column)} / ${sql.lit(MINUTE_MS)} * ${sql.lit(MINUTE_MS)}`.as("at"),
      fn.countAll<number>().as("posServers"),
      fn.countAll<number>().filterWhere("leftBy", "=", "recovered").as("recovered"),
    ])
    .where("incidentId", "=", incidentId)
    .where(column, "is not", null)
    .where(isVisibleTo(access, "organizationId"))
    .groupBy("at")
    .orderBy("at")
    .execute();
}
