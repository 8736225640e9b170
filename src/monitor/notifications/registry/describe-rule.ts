import type { AuditDetail, AuditDetailPart } from "../../audit-log/detail.ts";
import type { RuleTerms } from "../rules/rule.ts";

const MINUTE_MS = 60_000;

/** A rule with the names of what it is about. */
export interface DescribedRule extends Omit<RuleTerms, "organizations"> {
  organizations: "all" | readonly string[];
  /** Of the channel that is told when nobody takes care of something. */
  escalationName: string | null;
}

/** Says what a rule says, for the audit log. */
export function describeRule(rule: DescribedRule): AuditDetail {
  return partsOf(rule)
    .filter(({ isSaid }) => isSaid)
    .map(({ part }) => part);
}

/** Says what a rule says otherwise than before; empty when it says the same. */
export function describeRuleChange(before: DescribedRule, after: DescribedRule): AuditDetail {
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
