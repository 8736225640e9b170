import type { Db } from "../../database/schema.ts";
import { includesOrganization, isVisibleTo } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import type { Scope } from "./rule.ts";

/** Why a channel is told no more of an incident: its organizations are archived, its POS server is deleted, or no rule is about it any more. */
export type WithdrawalReason = "archived" | "removed" | "rules";

export type Withdrawal = NonNullable<Awaited<ReturnType<typeof findWithdrawal>>>;

/** Finds why no `rule` (undefined = it is gone) is about an incident any more; null = its owner may not see that now, and is told nothing. */
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
    /** The name of that of a single one. */
    posServer: isOfOne ? name : null,
    /** Their names; none where these are not known, or the rules are the reason. */
    organizations: areKnown ? own.map((organization) => organization.name) : [],
  };
}
