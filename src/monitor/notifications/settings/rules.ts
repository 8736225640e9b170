import { isDeepStrictEqual } from "node:util";
import { MINUTE_MS } from "../../../protocol/time-units.ts";
import type { AuditDetailPart } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { includesOrganization, type OrganizationAccess } from "../../viewer/access.ts";
import { listRules, type Rule, type RuleTerms } from "../rules/rule.ts";
import { type Channel, listOthers, readChannels } from "./find-channels.ts";

/** Per channel. */
export const MAX_RULES = 20;

/** The channel of rules, and the organizations that its owner may see. */
export interface RuleOwner {
  channel: Pick<Channel, "id" | "name" | "ownerId">;
  access: OrganizationAccess;
}

/** Why a rule cannot be saved; `noEscalation`: the channel to escalate to is gone. */
export type RuleProblem = "noOrganization" | "tooManyRules" | "noEscalation";

/** `id`: null = a new rule. */
type WantedRule = RuleTerms & { id: number | null };

/** Creates or changes a rule, without organizations that its owner may not see. */
export async function saveRule(db: Db, actor: Actor, owner: RuleOwner, rule: WantedRule, now: number) {
  const { id: ruleId, ...wanted } = rule;
  return await inTransaction(db, async (trx): Promise<"saved" | "gone" | RuleProblem> => {
    const { id: channelId, name: subject } = owner.channel;
    const rules = await listRules(trx, channelId);
    const present = rules.find(({ id }) => id === ruleId);
    if (ruleId !== null && !present) return "gone";
    if (!present && rules.length >= MAX_RULES) return "tooManyRules";
    const terms = await narrowTerms(trx, owner, wanted, present);
    const problem = await findRuleProblem(trx, owner, terms);
    if (problem) return problem;
    // After a double click there is still one rule.
    const isSame = (known: Rule) => isDeepStrictEqual({ ...known, ...terms }, known);
    if ((present ? [present] : rules).some(isSame)) return "saved";
    const before = present && (await partsOf(trx, present));
    const detail = (await partsOf(trx, terms)).filter((part, index) =>
      before ? !isDeepStrictEqual(part, before[index]) : isRecorded(part),
    );
    if (present) {
      const changed = { terms: JSON.stringify(terms) };
      await trx.updateTable("notificationRule").set(changed).where("id", "=", present.id).execute();
    } else await insertRule(trx, channelId, terms, now);
    const action = present ? "rule_change" : "rule_create";
    await recordEvent(trx, actor, { action, subject, detail }, now);
    await queueAllIncidents(trx);
    return "saved";
  });
}

/** @returns false when the rule is gone already. */
export async function removeRule(db: Db, actor: Actor, { channel }: RuleOwner, ruleId: number, now: number) {
  return await inTransaction(db, async (trx) => {
    const { id: channelId, name: subject } = channel;
    const present = await findRule(trx, channelId, ruleId);
    if (!present) return false;
    const detail = (await partsOf(trx, present)).filter(isRecorded);
    await trx.deleteFrom("notificationRule").where("id", "=", ruleId).execute();
    await recordEvent(trx, actor, { action: "rule_remove", subject, detail }, now);
    await queueAllIncidents(trx);
    return true;
  });
}

export async function findRule(db: Db, channelId: number, ruleId: number): Promise<Rule | null> {
  return (await listRules(db, channelId)).find(({ id }) => id === ruleId) ?? null;
}

export async function insertRule(trx: Db, channelId: number, terms: RuleTerms, now: number): Promise<void> {
  const columns = { channelId, terms: JSON.stringify(terms), createdAt: now };
  await trx.insertInto("notificationRule").values(columns).execute();
}

/** Drops organizations that the owner may not see; archived ones stay as they were, since the form does not show them. */
async function narrowTerms(trx: Db, { access }: RuleOwner, wanted: RuleTerms, present?: RuleTerms) {
  if (wanted.organizations === "all") return wanted;
  const known = await trx.selectFrom("organization").select(["id", "archivedAt"]).orderBy("id").execute();
  const ticked = new Set(wanted.organizations);
  const before = new Set(present?.organizations === "all" ? [] : present?.organizations);
  const organizations = known
    .filter(({ id, archivedAt }) => (archivedAt === null ? ticked : before).has(id))
    .map(({ id }) => id)
    .filter((id) => includesOrganization(access, id));
  return { ...wanted, organizations };
}

async function findRuleProblem(trx: Db, { channel }: RuleOwner, { organizations, escalation }: RuleTerms) {
  if (organizations !== "all" && organizations.length === 0) return "noOrganization";
  if (escalation === null) return null;
  const others = await listOthers(trx, channel);
  return others.some(({ id }) => id === escalation.channelId) ? null : "noEscalation";
}

async function partsOf(trx: Db, terms: RuleTerms): Promise<AuditDetailPart[]> {
  const { organizations, tags, states, afterMs, isCommonAtOnce, quietHours, repeatMs, escalation } = terms;
  const escalatedTo = (await readChannels(trx)).find(({ id }) => id === escalation?.channelId);
  const { from = null, to = null } = quietHours ?? {};
  return [
    organizations === "all"
      ? { key: "ruleAllOrganizations", values: {} }
      : { key: "ruleOrganizations", values: { names: await namesOf(trx, organizations) } },
    { key: "ruleTags", values: { tags: tags.join(", ") || null } },
    { key: "ruleStates", values: { states: states.join(", ") } },
    { key: "ruleAfter", values: { minutes: afterMs / MINUTE_MS } },
    { key: "ruleCommonAtOnce", values: { isAtOnce: isCommonAtOnce } },
    { key: "ruleQuietHours", values: { from, to } },
    { key: "ruleRepeat", values: { minutes: repeatMs && repeatMs / MINUTE_MS } },
    {
      key: "ruleEscalation",
      values: { minutes: escalation && escalation.afterMs / MINUTE_MS, name: escalatedTo?.name ?? null },
    },
  ];
}

/** False for a part that is empty or off. */
function isRecorded({ values }: AuditDetailPart): boolean {
  return Object.values(values).every((value) => value !== null && value !== false);
}

async function namesOf(trx: Db, ids: readonly number[]): Promise<string> {
  const rows = await trx
    .selectFrom("organization")
    .select("name")
    .where("id", "in", ids)
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
  return rows.map(({ name }) => name).join(", ");
}
