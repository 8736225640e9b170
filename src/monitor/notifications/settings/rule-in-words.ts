import type { Db } from "../../database/schema.ts";
import { clockOfMinutes } from "../../fleet/opening-hours/schedule-in-words.ts";
import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { inSentence, organizationsInWords as namesInWords } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { QuietHours, Rule } from "../rules/rule.ts";
import { listOthers } from "./find-channels.ts";
import type { RuleOwner } from "./rules.ts";

export type RuleNames = Awaited<ReturnType<typeof readRuleNames>>;

/** The organizations and channels that rules can name, as far as the channel's owner may see them. */
export async function readRuleNames(db: Db, { channel, access }: RuleOwner) {
  const organizations = await listOrganizations(db, access);
  return { organizations, others: await listOthers(db, channel) };
}

export function ruleInWords({ t, format }: Viewer, rule: Rule, names: RuleNames): string {
  const { tags, states, afterMs, isCommonAtOnce, quietHours, repeatMs, escalation } = rule;
  const other = names.others.find(({ id }) => id === escalation?.channelId);
  const parts = [
    organizationsInWords(),
    tags.length > 0 && t("rule.says.tags", { tags: tags.join(", ") }),
    statesInWords(t, states),
    delayInWords(),
    quietHours && t("rule.says.quiet", clockOf(quietHours)),
    repeatMs !== null && t("rule.says.repeat", { duration: format.duration(repeatMs) }),
    escalation &&
      other &&
      t(other.isEnabled ? "rule.says.escalation" : "rule.says.escalationOff", {
        duration: format.duration(escalation.afterMs),
        name: other.name,
      }),
  ];
  return parts.filter(Boolean).join(" · ");

  function organizationsInWords(): string {
    if (rule.organizations === "all") return t("rule.says.allOrganizations");
    const ids = new Set(rule.organizations);
    const known = names.organizations.filter(({ id }) => ids.has(id)).map(({ name }) => name);
    return known.length === 0 ? t("rule.says.noOrganizations") : namesInWords({ t }, known);
  }

  function delayInWords(): string {
    if (afterMs === 0) return t("rule.says.atOnce");
    const duration = format.duration(afterMs);
    return t(isCommonAtOnce ? "rule.says.afterButCommon" : "rule.says.after", { duration });
  }
}

export function statesInWords(t: Viewer["t"], states: readonly PosServerState[]): string {
  if (PROBLEM_STATES.every((state) => states.includes(state))) return t("rule.says.anyState");
  return states.map((state) => inSentence(t(`state.${state}`))).join(", ");
}

export function clockOf({ from, to }: QuietHours) {
  return { from: clockOfMinutes(from), to: clockOfMinutes(to) };
}
