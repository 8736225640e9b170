import type { Db } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { readAcknowledgementsOfIncidents } from "../../fleet/incidents/acknowledgements-of-incidents.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { includesOrganization, isShownTo, isVisibleTo } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import { type IncidentStatus, nextNotification } from "./next-notification.ts";
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
  const acknowledgements = await readAcknowledgementsOfIncidents(db, "all", takeable, now);
  const withAcknowledgement = async (row: (typeof rows)[number]) => {
    const acknowledgement = acknowledgements.get(row.id);
    const access = acknowledgement?.isPartial ? await findAccessOf(db, acknowledgement.userId) : "all";
    return { ...row, takenFor: acknowledgement ? access : [] };
  };
  return await Promise.all(rows.map(withAcknowledgement));
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

/** Counts the open incidents that a rule would notify at `now` (ms UTC), whatever hours are quiet; `isMore`: not all were looked at. */
export async function countWouldNotify(db: Db, terms: RuleTerms, now: number) {
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
    const notification = seen && nextNotification(terms, seen, null, { now, quietUntil: null });
    if (notification?.notify === "opened") incidents++;
  }
  return { incidents, isMore: open.length > MOST_INCIDENTS };
}

/** Counts the POS servers of a scope that an incident concerns by their organizations, those with the most that fail first. */
export async function countConcerned(db: Db, { organizations, tags }: Scope, incidentId: number) {
  const counted =
    tags.length === 0 ? db.selectFrom("incident_organization").selectAll() : countTagged(db, tags);
  return await db
    .selectFrom(counted.as("counted"))
    .innerJoin("organization", "organization.id", "counted.organization_id")
    .select(["organization.id as organizationId", "organization.name", "organization.crm_id as crmId"])
    .select(["counted.failing", "counted.paused", "counted.members"])
    .where("incident_id", "=", incidentId)
    .where(isShownTo(organizations))
    .orderBy("counted.failing", "desc")
    .orderBy("counted.members", "desc")
    .orderBy("organization.name_sort")
    .execute();
}

function countTagged(db: Db, tags: readonly string[]) {
  return db
    .selectFrom("incident_member")
    .select(({ fn, eb }) => [
      ...(["incident_id", "organization_id"] as const),
      fn.sum<number>(eb("status", "in", ["failing", "suspended"])).as("failing"),
      fn.sum<number>(eb("status", "=", "paused")).as("paused"),
      fn.countAll<number>().as("members"),
    ])
    .where("pos_server_id", "in", selectTagged(db, tags))
    .groupBy(["incident_id", "organization_id"]);
}

export function selectTagged(db: Db, tags: readonly string[]) {
  const names = tags.map((name) => searchText(name));
  return db
    .selectFrom("pos_server_tag")
    .innerJoin("tag", "tag.id", "pos_server_tag.tag_id")
    .select("pos_server_tag.pos_server_id")
    .where("tag.name_search", "in", names);
}

/** Why a channel gets no more messages of an incident: its organizations are archived, its POS server is deleted, or no rule is about it any more. */
export type WithdrawalReason = "archived" | "removed" | "rules";

export type Withdrawal = NonNullable<Awaited<ReturnType<typeof findWithdrawal>>>;

/** Finds why no `rule` (undefined = deleted) is about an incident any more; null = its owner may not see that now, and gets no message. */
export async function findWithdrawal(db: Db, ownerId: number | null, rule: Scope | undefined, id: number) {
  const access = ownerId === null ? "all" : await findAccessOf(db, ownerId);
  const concerned = await db
    .selectFrom("incident_organization as counted")
    .innerJoin("organization", "organization.id", "counted.organization_id")
    .select(["organization.id", "organization.name", "organization.archived_at as archivedAt"])
    .where("incident_id", "=", id)
    .where(isVisibleTo(access, "organization.id"))
    .orderBy("organization.name_sort")
    .execute();
  if (concerned.length === 0) return null;
  const { name, endedBy, ...incident } = await db
    .selectFrom("incident")
    .leftJoin("incident_member", "incident_member.incident_id", "incident.id")
    .leftJoin("pos_server", "pos_server.id", "incident_member.pos_server_id")
    .select(["incident.id", "kind", "state", "opened_at as openedAt", "closed_at as closedAt"])
    .select("ended_by as endedBy")
    .select(({ fn }) => fn.coalesce("pos_server.name", "pos_server_name").as("name"))
    .where("incident.id", "=", id)
    .limit(1)
    .executeTakeFirstOrThrow();
  const ruled = rule?.organizations ?? "all";
  const own = concerned.filter((organization) => includesOrganization(ruled, organization.id));
  const isArchived = own.length > 0 && own.every(({ archivedAt }) => archivedAt !== null);
  const reason: WithdrawalReason = isArchived ? "archived" : endedBy === "removed" ? "removed" : "rules";
  const isOfOne = incident.kind === "single";
  // It is not known any more of which of many a rule by tags was about.
  const areKnown = reason !== "rules" && (isOfOne || rule?.tags.length === 0);
  return {
    ...incident,
    reason,
    posServer: isOfOne ? name : null,
    /** Their names; none where these are not known, or the rules are the reason. */
    organizations: areKnown ? own.map((organization) => organization.name) : [],
  };
}
