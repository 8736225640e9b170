import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { includesOrganization, type OrganizationAccess } from "../../viewer/access.ts";
import type { RuleTerms } from "../rules/rule.ts";
import type { Channel } from "./channel.ts";
import { listOthers } from "./find-channels.ts";

/** Whose rules they are, and of which organizations they may be: those that the owner of the channel may see. */
export interface RuleOwner {
  channel: Pick<Channel, "id" | "name" | "ownerId">;
  access: OrganizationAccess;
}

/** Why a rule cannot be saved: none of its organizations is there, the channel has enough, or the one to escalate to is not there. */
export type RuleProblem = "noOrganization" | "tooManyRules" | "noEscalation";

/** Of the organizations that are wanted those that are there for its owner; archived ones stay, since their form does not show them. */
export async function narrowTerms(
  trx: Kysely<Database>,
  { access }: RuleOwner,
  wanted: RuleTerms,
  present: RuleTerms | null,
): Promise<RuleTerms> {
  if (wanted.organizations === "all") return wanted;
  const known = await trx.selectFrom("organization").select(["id", "archived_at"]).execute();
  const ticked = new Set(wanted.organizations);
  const before = new Set(present === null || present.organizations === "all" ? [] : present.organizations);
  const organizations = known
    .filter(({ id, archived_at }) => (archived_at === null ? ticked : before).has(id))
    .filter(({ id }) => includesOrganization(access, id))
    .map(({ id }) => id);
  return { ...wanted, organizations };
}

/** Looks for what is wrong with terms that were narrowed; null = nothing. */
export async function findRuleProblem(
  trx: Kysely<Database>,
  { channel }: RuleOwner,
  { organizations, escalation }: RuleTerms,
): Promise<RuleProblem | null> {
  if (organizations !== "all" && organizations.length === 0) return "noOrganization";
  if (escalation === null) return null;
  const others = await listOthers(trx, channel);
  return others.some(({ id }) => id === escalation.channelId) ? null : "noEscalation";
}
