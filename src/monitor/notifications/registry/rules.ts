import { isDeepStrictEqual } from "node:util";
import type { Kysely } from "kysely";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { listRules } from "../rules/list-rules.ts";
import { DEFAULT_TERMS, type Rule, type RuleTerms } from "../rules/rule.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import { findRuleProblem, narrowTerms, type RuleOwner, type RuleProblem } from "./admit-rule.ts";
import type { Channel } from "./channel.ts";
import { type DescribedRule, describeRule, describeRuleChange } from "./describe-rule.ts";
import { insertRule, updateRule } from "./write-rule.ts";

/** Of one channel. */
export const MAX_RULES = 20;

export type RuleOutcome = { ok: true } | { ok: false; problem: RuleProblem };

/** Makes a rule of a channel; organizations that its owner may not see are left out. */
export async function createRule(
  db: Kysely<Database>,
  actor: Actor,
  owner: RuleOwner,
  wanted: RuleTerms,
  now: number,
): Promise<RuleOutcome> {
  return await inTransaction(db, async (trx) => {
    const { id: channelId, name: subject } = owner.channel;
    if ((await listRules(trx, channelId)).length >= MAX_RULES) return { ok: false, problem: "tooManyRules" };
    const terms = await narrowTerms(trx, owner, wanted, null);
    const problem = await findRuleProblem(trx, owner, terms);
    if (problem) return { ok: false, problem };
    // Who presses twice wants it once.
    if ((await listRules(trx, channelId)).some((rule) => isSameRule(rule, terms))) return { ok: true };
    await insertRule(trx, channelId, terms, now);
    const detail = describeRule(await describedOf(trx, terms));
    await recordEvent(trx, actor, { action: "rule_create", subject, detail }, now);
    await lookAgainAtAll(trx);
    return { ok: true };
  });
}

/** Changes a rule of a channel. @returns null when it is gone. */
export async function changeRule(
  db: Kysely<Database>,
  actor: Actor,
  owner: RuleOwner,
  ruleId: number,
  wanted: RuleTerms,
  now: number,
): Promise<RuleOutcome | null> {
  return await inTransaction(db, async (trx) => {
    const { id: channelId, name: subject } = owner.channel;
    const present = await findRule(trx, channelId, ruleId);
    if (!present) return null;
    const terms = await narrowTerms(trx, owner, wanted, present);
    const problem = await findRuleProblem(trx, owner, terms);
    if (problem) return { ok: false, problem };
    const detail = describeRuleChange(await describedOf(trx, present), await describedOf(trx, terms));
    if (detail.length === 0) return { ok: true };
    await updateRule(trx, ruleId, terms);
    await recordEvent(trx, actor, { action: "rule_change", subject, detail }, now);
    await lookAgainAtAll(trx);
    return { ok: true };
  });
}

/** Removes a rule of a channel. @returns false when it is gone already. */
export async function removeRule(
  db: Kysely<Database>,
  actor: Actor,
  { id: channelId, name: subject }: Pick<Channel, "id" | "name">,
  ruleId: number,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const present = await findRule(trx, channelId, ruleId);
    if (!present) return false;
    const detail = describeRule(await describedOf(trx, present));
    await trx.deleteFrom("telling_rule").where("id", "=", ruleId).execute();
    await recordEvent(trx, actor, { action: "rule_remove", subject, detail }, now);
    await lookAgainAtAll(trx);
    return true;
  });
}

/** Finds a rule of a channel as it was saved. */
export async function findRule(
  db: Kysely<Database>,
  channelId: number,
  ruleId: number,
): Promise<Rule | null> {
  return (await listRules(db, channelId)).find(({ id }) => id === ruleId) ?? null;
}

/** Makes the rule by which a channel is told what channels are told unless somebody wants it otherwise. */
export async function addDefaultRule(trx: Kysely<Database>, channelId: number, now: number): Promise<void> {
  await insertRule(trx, channelId, DEFAULT_TERMS, now);
}

async function describedOf(trx: Kysely<Database>, terms: RuleTerms): Promise<DescribedRule> {
  const { organizations, escalation } = terms;
  const channel =
    escalation &&
    (await trx
      .selectFrom("channel")
      .select("name")
      .where("id", "=", escalation.channelId)
      .executeTakeFirst());
  return {
    ...terms,
    organizations: organizations === "all" ? "all" : await listNames(trx, organizations),
    escalationName: channel?.name ?? null,
  };
}

async function listNames(trx: Kysely<Database>, ids: readonly number[]): Promise<string[]> {
  const rows = await trx
    .selectFrom("organization")
    .select("name")
    .where("id", "in", ids)
    .orderBy("name_sort")
    .orderBy("id")
    .execute();
  return rows.map(({ name }) => name);
}

function isSameRule({ id: _id, channelId: _channelId, ...known }: Rule, terms: RuleTerms): boolean {
  return isDeepStrictEqual(known, { ...terms });
}
