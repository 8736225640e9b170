import type { Db } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { readAcknowledgementsOfIncidents } from "../../fleet/incidents/acknowledgements-of-incidents.ts";
import { isFlapping } from "../../fleet/incidents/incident.ts";
import { findAccessOf, includesOrganization, isShownTo, isVisibleTo } from "../../viewer/access.ts";
import { type IncidentStatus, nextNotification } from "./next-notification.ts";
import type { RuleTerms, Scope } from "./rule.ts";

export type KnownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

/** With the organizations for which they are acknowledged at `now` (ms UTC). */
export async function readIncidents(db: Db, ids: readonly number[], now: number) {
  const rows = await db
    .selectFrom("incident")
    .select(["id", "kind", "posServerId", "state", "reopenings"])
    .select(["openedAt", "failingSince", "quietAt", "closedAt", "endedBy"])
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  const subjects = rows.map((row) => ({
    ...row,
    posServer: row.kind === "single" ? { id: row.posServerId } : null,
  }));
  const acknowledgements = await readAcknowledgementsOfIncidents(db, "all", subjects, now);
  const withAcknowledgement = async (row: (typeof rows)[number]) => {
    const acknowledgement = acknowledgements.get(row.id);
    const access = acknowledgement?.isPartial ? await findAccessOf(db, acknowledgement.userId) : "all";
    return { ...row, acknowledgedFor: acknowledgement ? access : [] };
  };
  return await Promise.all(rows.map(withAcknowledgement));
}

/** An incident within the scope of a rule; null = it concerns no POS server of it. */
export async function seeIncident(db: Db, scope: Scope, incident: KnownIncident) {
  const concerned = await countConcerned(db, scope, incident.id);
  if (concerned.length === 0) return null;
  return {
    ...incident,
    status: statusOf(incident, concerned),
    isFlapping: isFlapping(incident),
    isAcknowledged: concerned.every(
      ({ organizationId, failing }) =>
        failing === 0 || includesOrganization(incident.acknowledgedFor, organizationId),
    ),
  };
}

/** An incident is over for a scope when its POS servers work again, though others still fail. */
export function statusOf(
  { closedAt, quietAt }: Pick<KnownIncident, "closedAt" | "quietAt">,
  concerned: readonly { failing: number; paused: number }[],
): IncidentStatus {
  if (closedAt !== null) return "over";
  if (concerned.some(({ failing }) => failing > 0)) return "failing";
  if (concerned.some(({ paused }) => paused > 0)) return "paused";
  return quietAt === null ? "over" : "quiet";
}

/** More are not checked, since somebody waits for the answer. */
const MOST_INCIDENTS = 1_000;

/** Open incidents that a rule would notify of at `now` (ms UTC) without quiet hours; `isMore`: not all were checked. */
export async function countWouldNotify(db: Db, terms: RuleTerms, now: number) {
  const open = await db
    .selectFrom("incident")
    .select("id")
    .where("closedAt", "is", null)
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

/** Counts an incident's POS servers within a scope by organization, the most failures first. */
export async function countConcerned(db: Db, { organizations, tags }: Scope, incidentId: number) {
  const counted =
    tags.length === 0 ? db.selectFrom("incidentOrganization").selectAll() : countTagged(db, tags);
  return await db
    .selectFrom(counted.as("counted"))
    .innerJoin("organization", "organization.id", "counted.organizationId")
    .select(["organization.id as organizationId", "organization.name", "organization.crmId"])
    .select(["counted.failing", "counted.paused", "counted.members"])
    .where("incidentId", "=", incidentId)
    .where(isShownTo(organizations))
    .orderBy("counted.failing", "desc")
    .orderBy("counted.members", "desc")
    .orderBy("organization.nameSort")
    .execute();
}

function countTagged(db: Db, tags: readonly string[]) {
  return db
    .selectFrom("incidentMember")
    .select(({ fn, eb }) => [
      ...(["incidentId", "organizationId"] as const),
      fn.sum<number>(eb("status", "=", "failing")).as("failing"),
      fn.sum<number>(eb("status", "=", "paused")).as("paused"),
      fn.countAll<number>().as("members"),
    ])
    .where("posServerId", "in", selectTagged(db, tags))
    .groupBy(["incidentId", "organizationId"]);
}

export function selectTagged(db: Db, tags: readonly string[]) {
  const names = tags.map((name) => searchText(name));
  return db
    .selectFrom("posServerTag")
    .innerJoin("tag", "tag.id", "posServerTag.tagId")
    .select("posServerTag.posServerId")
    .where("tag.nameSearch", "in", names);
}

/** `archived`: all its organizations are; `removed`: its POS server is; `rules`: no rule is about the incident. */
export type WithdrawalReason = "archived" | "removed" | "rules";

export type Withdrawal = NonNullable<Awaited<ReturnType<typeof findWithdrawal>>>;

/** @param rule undefined = deleted. @returns null when the channel's owner may not see the incident now. */
export async function findWithdrawal(db: Db, ownerId: number | null, rule: Scope | undefined, id: number) {
  const access = ownerId === null ? "all" : await findAccessOf(db, ownerId);
  const concerned = await db
    .selectFrom("incidentOrganization as counted")
    .innerJoin("organization", "organization.id", "counted.organizationId")
    .select(["organization.id", "organization.name", "organization.archivedAt"])
    .where("incidentId", "=", id)
    .where(isVisibleTo(access, "organization.id"))
    .orderBy("organization.nameSort")
    .execute();
  if (concerned.length === 0) return null;
  const { name, endedBy, ...incident } = await db
    .selectFrom("incident")
    .leftJoin("incidentMember", "incidentMember.incidentId", "incident.id")
    .leftJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .select(["incident.id", "kind", "state", "openedAt", "closedAt", "endedBy"])
    .select(({ fn }) => fn.coalesce("posServer.name", "posServerName").as("name"))
    .where("incident.id", "=", id)
    .limit(1)
    .executeTakeFirstOrThrow();
  const ruled = rule?.organizations ?? "all";
  const own = concerned.filter((organization) => includesOrganization(ruled, organization.id));
  const isArchived = own.length > 0 && own.every(({ archivedAt }) => archivedAt !== null);
  const reason: WithdrawalReason = isArchived ? "archived" : endedBy === "removed" ? "removed" : "rules";
  const isOfOne = incident.kind === "single";
  // With tags it is unknown by now which organizations of a common incident the rule was about.
  const areKnown = reason !== "rules" && (isOfOne || rule?.tags.length === 0);
  return {
    ...incident,
    reason,
    posServer: isOfOne ? name : null,
    /** Names; empty when they are unknown, or the rules are the reason. */
    organizations: areKnown ? own.map((organization) => organization.name) : [],
  };
}
