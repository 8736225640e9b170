import { sql } from "kysely";
import { MINUTE_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { type CauseExample, withoutNames } from "../cause-example.ts";
import type { IncidentKind } from "./incident.ts";

/** The newest: some flap for weeks. */
const MOST_EVENTS = 200;

export type IncidentStory = Awaited<ReturnType<typeof readStory>>;
export type IncidentEvent = IncidentStory["events"][number];
export type MinuteCount = IncidentStory["joined"][number];

/**
 * What happened to an incident, as far as this viewer may see, oldest first. A new cause has an `example`, a return
 * `quietAt`.
 */
export async function readStory(
  db: Db,
  access: OrganizationAccess,
  { id: incidentId, kind }: { id: number; kind: IncidentKind },
) {
  // A cause of a common incident may have been found at somebody else's POS server.
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
      const known = detail === null ? null : JSON.parse(detail);
      const example: CauseExample | null = event.kind === "cause" ? known : null;
      const quietAt: number | null = event.kind === "reopened" ? known.quietAt : null;
      return { ...event, example: example && isForeign ? withoutNames(example) : example, quietAt };
    }),
  };
}

/** How many POS servers joined or left within each minute, and how many of these had recovered. */
async function countByMinute(
  db: Db,
  access: OrganizationAccess,
  incidentId: number,
  column: "joinedAt" | "leftAt",
) {
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
