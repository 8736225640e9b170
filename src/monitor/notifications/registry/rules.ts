import { isDeepStrictEqual } from "node:util";
import type { AuditDetail, AuditDetailPart } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { includesOrganization, type OrganizationAccess } from "../../viewer/access.ts";
import { listRules } from "../rules/list-rules.ts";
import { DEFAULT_TERMS, type Rule, type RuleTerms } from "../rules/rule.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import type { Channel } from "./channel.ts";
import { listOthers } from "./find-channels.ts";
import { insertRule, updateRule } from "./write-rule.ts";

/** Of one channel. */
export const MAX_RULES = 20;

type RuleOutcome = { ok: true } | { ok: false; problem: RuleProblem };

/** Makes a rule of a channel; organizations that its owner may not see are left out. */
export async function createRule(
  db: Db,
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
  db: Db,
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
  db: Db,
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
export async function findRule(db: Db, channelId: number, ruleId: number): Promise<Rule | null> {
  return (await listRules(db, channelId)).find(({ id }) => id === ruleId) ?? null;
}

/** Makes the rule by which a channel is told what channels are told unless somebody wants it otherwise. */
export async function addDefaultRule(trx: Db, channelId: number, now: number): Promise<void> {
  await insertRule(trx, channelId, DEFAULT_TERMS, now);
}

async function describedOf(trx: Db, terms: RuleTerms): Promise<DescribedRule> {
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

async function listNames(trx: Db, ids: readonly number[]): Promise<string[]> {
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

/** Whose rules they are, and of which organizations they may be: those that the owner of the channel may see. */
export interface RuleOwner {
  channel: Pick<Channel, "id" | "name" | "ownerId">;
  access: OrganizationAccess;
}

/** Why a rule cannot be saved: none of its organizations is there, the channel has enough, or the one to escalate to is not there. */
export type RuleProblem = "noOrganization" | "tooManyRules" | "noEscalation";

/** Of the organizations that are wanted those that are there for its owner; archived ones stay, since their form does not show them. */
async function narrowTerms(
  trx: Db,
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
async function findRuleProblem(
  trx: Db,
  { channel }: RuleOwner,
  { organizations, escalation }: RuleTerms,
): Promise<RuleProblem | null> {
  if (organizations !== "all" && organizations.length === 0) return "noOrganization";
  if (escalation === null) return null;
  const others = await listOthers(trx, channel);
  return others.some(({ id }) => id === escalation.channelId) ? null : "noEscalation";
}

const MINUTE_MS = 60_000;

/** A rule with the names of what it is about. */
interface DescribedRule extends Omit<RuleTerms, "organizations"> {
  organizations: "all" | readonly string[];
  /** Of the channel that is told when nobody takes care of something. */
  escalationName: string | null;
}

/** Says what a rule says, for the audit log. */
function describeRule(rule: DescribedRule): AuditDetail {
  return partsOf(rule)
    .filter(({ isSaid }) => isSaid)
    .map(({ part }) => part);
}

/** Says what a rule says otherwise than before; empty when it says the same. */
function describeRuleChange(before: DescribedRule, after: DescribedRule): AuditDetail {
  const known = partsOf(before).map(({ part }) => JSON.stringify(part));
  return partsOf(after)
    .map(({ part }) => part)
    .filter((part, index) => JSON.stringify(part) !== known[index]);
}

function partsOf(rule: DescribedRule): { part: AuditDetailPart; isSaid: boolean }[] {
  const { organizations, tags, states, afterMs, isCommonAtOnce, quietHours, repeatMs, escalation } = rule;
  const { from = null, to = null } = quietHours ?? {};
  return [
    said(
      organizations === "all"
        ? { key: "ruleAllOrganizations", values: {} }
        : { key: "ruleOrganizations", values: { names: organizations.join(", ") } },
    ),
    said({ key: "ruleTags", values: { tags: tags.join(", ") || null } }, tags.length > 0),
    said({ key: "ruleStates", values: { states: states.join(", ") } }),
    said({ key: "ruleAfter", values: { minutes: afterMs / MINUTE_MS } }),
    said({ key: "ruleCommonAtOnce", values: { isAtOnce: isCommonAtOnce } }, isCommonAtOnce),
    said({ key: "ruleQuietHours", values: { from, to } }, quietHours !== null),
    said({ key: "ruleRepeat", values: { minutes: minutesOf(repeatMs) } }, repeatMs !== null),
    said(
      {
        key: "ruleEscalation",
        values: { minutes: minutesOf(escalation?.afterMs), name: rule.escalationName },
      },
      escalation !== null,
    ),
  ];
}

function said(part: AuditDetailPart, isSaid = true) {
  return { part, isSaid };
}

function minutesOf(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / MINUTE_MS;
}
