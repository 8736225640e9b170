import type { Db } from "../../database/schema.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { readTakingsOfIncidents } from "../../fleet/incidents/takings-of-incidents.ts";
import { includesOrganization } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import { countConcerned } from "./concerned.ts";
import { type IncidentStatus, nextTelling } from "./next-telling.ts";
import type { RuleTerms, Scope } from "./rule.ts";

export type KnownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

/** Reads incidents by their ids, with the organizations for which somebody takes care of them at `now` (ms UTC). */
export async function readIncidents(db: Db, ids: readonly number[], now: number) {
  const rows = await db
    .selectFrom("incident")
    .select(["id", "kind", "pos_server_id as posServerId", "state", "reopenings"])
    .select(["opened_at as openedAt", "failing_since as failingSince", "quiet_at as quietAt"])
    .select("closed_at as closedAt")
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  const takeable = rows.map((row) => ({
    ...{ ...row, posServer: row.kind === "single" ? { id: row.posServerId } : null },
  }));
  const takings = await readTakingsOfIncidents(db, "all", takeable, now);
  const withTaking = async (row: (typeof rows)[number]) => {
    const taking = takings.get(row.id);
    const access = taking?.isPartial ? await findAccessOf(db, taking.userId) : "all";
    return { ...row, takenFor: taking ? access : [] };
  };
  return await Promise.all(rows.map(withTaking));
}

/** An incident as a rule sees it; null = it concerns no POS server of its scope. */
export async function seeIncident(db: Db, scope: Scope, incident: KnownIncident) {
  const concerned = await countConcerned(db, scope, incident.id);
  if (concerned.length === 0) return null;
  return {
    ...incident,
    status: statusOf(incident, concerned),
    isFlapping: isFlapping(incident),
    isTaken: concerned.every(
      ({ organizationId, failing }) =>
        failing === 0 || includesOrganization(incident.takenFor, organizationId),
    ),
  };
}

/** What works again for all of a scope is over for it, though others still fail. */
export function statusOf(
  { closedAt, quietAt }: Pick<KnownIncident, "closedAt" | "quietAt">,
  concerned: readonly { failing: number; paused: number }[],
): IncidentStatus {
  if (closedAt !== null) return "over";
  if (concerned.some(({ failing }) => failing > 0)) return "failing";
  if (concerned.some(({ paused }) => paused > 0)) return "paused";
  return quietAt === null ? "over" : "quiet";
}

/** More are not looked through for an answer that somebody waits for. */
const MOST_INCIDENTS = 1_000;

/** Counts the open incidents that a rule would tell at `now` (ms UTC), whatever hours are quiet; `isMore`: not all were looked at. */
export async function countWouldTell(db: Db, terms: RuleTerms, now: number) {
  const open = await db
    .selectFrom("incident")
    .select("id")
    .where("closed_at", "is", null)
    .orderBy("id", "desc")
    .limit(MOST_INCIDENTS + 1)
    .execute();
  const ids = open.slice(0, MOST_INCIDENTS).map(({ id }) => id);
  let incidents = 0;
  for (const incident of await readIncidents(db, ids, now)) {
    const seen = await seeIncident(db, terms, incident);
    const telling = seen && nextTelling(terms, seen, null, { now, quietUntil: null });
    if (telling?.tell === "opened") incidents++;
  }
  return { incidents, isMore: open.length > MOST_INCIDENTS };
}
