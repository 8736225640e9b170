import type { Db } from "../../database/schema.ts";
import type { RuleTerms } from "../rules/rule.ts";

/** Writes a new rule as it is. */
export async function insertRule(trx: Db, channelId: number, terms: RuleTerms, now: number): Promise<void> {
  const { id } = await trx
    .insertInto("telling_rule")
    .values({ channel_id: channelId, created_at: now, ...columnsOf(terms) })
    .returning("id")
    .executeTakeFirstOrThrow();
  await insertOrganizations(trx, id, terms);
}

/** Writes a rule that is there already. */
export async function updateRule(trx: Db, ruleId: number, terms: RuleTerms): Promise<void> {
  await trx.updateTable("telling_rule").set(columnsOf(terms)).where("id", "=", ruleId).execute();
  await trx.deleteFrom("telling_rule_organization").where("rule_id", "=", ruleId).execute();
  await insertOrganizations(trx, ruleId, terms);
}

function columnsOf({ quietHours, escalation, ...terms }: RuleTerms) {
  return {
    has_all_organizations: Number(terms.organizations === "all"),
    tags: JSON.stringify(terms.tags),
    states: JSON.stringify(terms.states),
    after_ms: terms.afterMs,
    is_common_at_once: Number(terms.isCommonAtOnce),
    quiet_from: quietHours?.from ?? null,
    quiet_to: quietHours?.to ?? null,
    repeat_ms: terms.repeatMs,
    escalate_ms: escalation?.afterMs ?? null,
    escalate_channel_id: escalation?.channelId ?? null,
  };
}

async function insertOrganizations(trx: Db, rule_id: number, { organizations }: RuleTerms): Promise<void> {
  if (organizations === "all") return;
  for (const organization_id of organizations)
    await trx.insertInto("telling_rule_organization").values({ rule_id, organization_id }).execute();
}
