import type { Db } from "../../database/schema.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { readTakingsOfIncidents } from "../../fleet/incidents/takings-of-incidents.ts";
import type { Taking } from "../../fleet/takings.ts";
import { includesOrganization, type OrganizationAccess } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import { type ConcernedCount, countConcerned, type Scope } from "./concerned.ts";
import type { IncidentStatus, SeenIncident } from "./next-telling.ts";

/** An incident, whoever sees it. */
export type KnownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

/** Reads incidents by their ids, with the organizations for which somebody takes care of them at `now` (ms UTC). */
export async function readIncidents(db: Db, ids: readonly number[], now: number) {
  const rows = await db
    .selectFrom("incident")
    .select(["id", "kind", "pos_server_id as posServerId", "state", "failing", "paused", "members"])
    .select(["opened_at as openedAt", "failing_since as failingSince", "reopenings"])
    .select(["quiet_at as quietAt", "closed_at as closedAt", "ended_by as endedBy"])
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  const takeable = rows.map(({ id, closedAt, kind, posServerId }) => ({
    ...{ id, closedAt, posServer: kind === "single" ? { id: posServerId } : null },
  }));
  const takings = await readTakingsOfIncidents(db, "all", takeable, now);
  return await Promise.all(
    rows.map(async (row) => ({ ...row, takenFor: await takenFor(db, takings.get(row.id)) })),
  );
}

async function takenFor(db: Db, taking: Taking | undefined): Promise<OrganizationAccess> {
  if (!taking) return [];
  return taking.isPartial ? await findAccessOf(db, taking.userId) : "all";
}

/** An incident as a rule sees it; null = it concerns no POS server of its scope. */
export async function seeIncident(
  db: Db,
  scope: Scope,
  incident: KnownIncident,
): Promise<SeenIncident | null> {
  const concerned = await countConcerned(db, scope, incident.id);
  if (concerned.length === 0) return null;
  const { kind, state, openedAt, failingSince, takenFor } = incident;
  return {
    ...{ kind, state, openedAt, failingSince },
    status: statusOf(incident, concerned),
    isFlapping: isFlapping(incident),
    isTaken: concerned.every(
      ({ organizationId, failing }) => failing === 0 || includesOrganization(takenFor, organizationId),
    ),
  };
}

/** What works again for all of a scope is over for it, though others still fail. */
export function statusOf(
  { closedAt, quietAt }: { closedAt: number | null; quietAt: number | null },
  concerned: readonly ConcernedCount[],
): IncidentStatus {
  if (closedAt !== null) return "over";
  if (concerned.some(({ failing }) => failing > 0)) return "failing";
  if (concerned.some(({ paused }) => paused > 0)) return "paused";
  return quietAt === null ? "over" : "quiet";
}
