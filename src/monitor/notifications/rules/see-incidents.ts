import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { readTakingsOfIncidents } from "../../fleet/incidents/takings-of-incidents.ts";
import { countConcerned, type Scope } from "./concerned.ts";
import type { IncidentStatus, SeenIncident } from "./next-telling.ts";

/** An incident, whoever sees it. */
export type KnownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

/** How many POS servers of an incident fail, may fail, and are concerned at all. */
interface Counts {
  failing: number;
  paused: number;
  members: number;
}

/** Reads incidents by their ids, with whether somebody takes care of them at `now` (ms UTC). */
export async function readIncidents(db: Kysely<Database>, ids: readonly number[], now: number) {
  const rows = await db
    .selectFrom("incident")
    .select(["id", "kind", "pos_server_id as posServerId", "state", "failing", "paused", "members"])
    .select(["opened_at as openedAt", "failing_since as failingSince", "reopenings"])
    .select(["quiet_at as quietAt", "closed_at as closedAt", "ended_by as endedBy"])
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  const takings = await readTakingsOfIncidents(
    db,
    rows.map(({ id, closedAt, kind, posServerId }) => ({
      ...{ id, closedAt },
      posServer: kind === "single" ? { id: posServerId } : null,
    })),
    now,
  );
  return rows.map((row) => ({ ...row, isTaken: takings.has(row.id) }));
}

/** An incident as a rule sees it; null = it concerns no POS server of its scope. */
export async function seeIncident(
  db: Kysely<Database>,
  scope: Scope,
  incident: KnownIncident,
): Promise<SeenIncident | null> {
  const counts = await countOf(db, scope, incident);
  if (counts.members === 0) return null;
  const { kind, state, openedAt, failingSince, reopenings, isTaken } = incident;
  return {
    ...{ kind, state, openedAt, failingSince, reopenings, isTaken },
    status: statusOf(incident, counts),
    isFlapping: isFlapping(incident),
  };
}

async function countOf(db: Kysely<Database>, scope: Scope, incident: KnownIncident): Promise<Counts> {
  const concerned = await countConcerned(db, scope, incident.id);
  return concerned.reduce(
    (total, { failing, paused, members }) => ({
      failing: total.failing + failing,
      paused: total.paused + paused,
      members: total.members + members,
    }),
    { failing: 0, paused: 0, members: 0 },
  );
}

/** What works again for all of a scope is over for it, though others still fail. */
export function statusOf(
  { closedAt, quietAt }: { closedAt: number | null; quietAt: number | null },
  { failing, paused }: Pick<Counts, "failing" | "paused">,
): IncidentStatus {
  if (closedAt !== null) return "over";
  if (failing > 0) return "failing";
  if (paused > 0) return "paused";
  return quietAt === null ? "over" : "quiet";
}
