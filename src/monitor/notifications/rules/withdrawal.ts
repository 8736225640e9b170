import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { IncidentKind } from "../../fleet/incidents/incident.ts";
import type { PosServerState } from "../../fleet/state.ts";
import { includesOrganization, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";

/**
 * Why a channel is told no more of an incident that it was told of: its organizations are archived, its POS server is deleted, or `rules`: no
 * rule of the channel is about it any more.
 */
export type WithdrawalReason = "archived" | "removed" | "rules";

/** An incident of which a channel is told no more: no more of it than it was told. */
export interface Withdrawal {
  reason: WithdrawalReason;
  id: number;
  kind: IncidentKind;
  state: PosServerState;
  openedAt: number;
  closedAt: number | null;
  /** The name of that of a single one. */
  posServer: string | null;
  /** Their names; none where the rules are the reason. */
  organizations: string[];
}

/**
 * Finds why no rule of a channel is about an incident any more; null = its owner may not see that incident now, and is told nothing.
 * @param ownerId null = the channel is of all. @param organizations those of the rule that led to the message.
 */
export async function findWithdrawal(
  db: Kysely<Database>,
  { ownerId, organizations }: { ownerId: number | null; organizations: OrganizationAccess },
  incidentId: number,
): Promise<Withdrawal | null> {
  const access = ownerId === null ? "all" : await findAccessOf(db, ownerId);
  const concerned = await db
    .selectFrom("incident_organization as counted")
    .innerJoin("organization", "organization.id", "counted.organization_id")
    .select(["organization.id", "organization.name", "organization.archived_at as archivedAt"])
    .where("incident_id", "=", incidentId)
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
    .select(({ fn, ref }) => fn.coalesce(ref("pos_server.name"), ref("pos_server_name")).as("name"))
    .where("incident.id", "=", incidentId)
    .limit(1)
    .executeTakeFirstOrThrow();
  const own = concerned.filter(({ id }) => includesOrganization(organizations, id));
  const isArchived = own.length > 0 && own.every(({ archivedAt }) => archivedAt !== null);
  const reason = isArchived ? "archived" : endedBy === "removed" ? "removed" : "rules";
  return {
    ...incident,
    reason,
    posServer: incident.kind === "single" ? name : null,
    organizations: reason === "rules" ? [] : own.map((organization) => organization.name),
  };
}
