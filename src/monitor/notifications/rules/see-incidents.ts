import type { Db } from "../../database/schema.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { readTakingsOfIncidents } from "../../fleet/incidents/takings-of-incidents.ts";
import type { Taking } from "../../fleet/takings.ts";
import { includesOrganization, type OrganizationAccess } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import { countConcerned, type Scope } from "./concerned.ts";
import type { IncidentStatus, SeenIncident } from "./next-telling.ts";

/** An incident, whoever sees it. */
export type KnownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

/** How many POS servers of an incident fail, and may fail. */
interface Counts {
  failing: number;
  paused: number;
}

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
  const takings = await readTakingsOfIncidents(
    db,
    "all",
    rows.map(({ id, closedAt, kind, posServerId }) => ({
      ...{ id, closedAt },
      posServer: kind === "single" ? { id: posServerId } : null,
    })),
    now,
  );
  return await Promise.all(
    rows.map(async (row) => ({ ...row, takenFor: await takenFor(takings.get(row.id)) })),
  );

  async function takenFor(taking: Taking | undefined): Promise<OrganizationAccess> {
    if (!taking) return [];
    return taking.isPartial ? await findAccessOf(db, taking.userId) : "all";
  }
}

/** An incident as a rule sees it; null = it concerns no POS server of its scope. */
export async function seeIncident(
  db: Db,
  scope: Scope,
  incident: KnownIncident,
): Promise<SeenIncident | null> {
  const concerned = await countConcerned(db, scope, incident.id);
  if (concerned.length === 0) return null;
  const sum = (count: keyof Counts) => concerned.reduce((total, one) => total + one[count], 0);
  const { kind, state, openedAt, failingSince, reopenings, takenFor } = incident;
  const isTaken = concerned.every(
    ({ organizationId, failing }) => failing === 0 || includesOrganization(takenFor, organizationId),
  );
  return {
    ...{ kind, state, openedAt, failingSince, reopenings, isTaken },
    status: statusOf(incident, { failing: sum("failing"), paused: sum("paused") }),
    isFlapping: isFlapping(incident),
  };
}

/** What works again for all of a scope is over for it, though others still fail. */
export function statusOf(
  { closedAt, quietAt }: { closedAt: number | null; quietAt: number | null },
  { failing, paused }: Counts,
): IncidentStatus {
  if (closedAt !== null) return "over";
  if (failing > 0) return "failing";
  if (paused > 0) return "paused";
  return quietAt === null ? "over" : "quiet";
}
