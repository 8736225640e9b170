import type { PosServerState } from "../../fleet/state.ts";
import { PROBLEM_STATES } from "../../fleet/state.ts";
import type { Escalation, QuietHours, Rule } from "../../notifications/rules/rule.ts";
import { inSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";

const HOUR_MINUTES = 60;
const NAMED_ORGANIZATIONS = 3;

/** The names of what rules are about, by their ids. */
export interface RuleNames {
  /** In the order in which they are named. */
  organizations: ReadonlyMap<number, string>;
  channels: ReadonlyMap<number, { name: string; isEnabled: boolean }>;
}

/** Says in one line of what, and when, a channel is told by a rule. */
export function ruleInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  rule: Rule,
  names: RuleNames,
): string {
  const { tags, states, afterMs, isCommonAtOnce, quietHours, repeatMs, escalation } = rule;
  const parts = [
    organizationsInWords(),
    tags.length > 0 && t("rule.says.tags", { tags: tags.join(", ") }),
    statesInWords(t, states),
    delayInWords(),
    quietHours && t("rule.says.quiet", clockOf(quietHours)),
    repeatMs !== null && t("rule.says.repeat", { duration: format.duration(repeatMs) }),
    escalation && escalationInWords(escalation),
  ];
  return parts.filter(Boolean).join(" · ");

  function escalationInWords({ afterMs, channelId }: Escalation): string {
    const channel = names.channels.get(channelId);
    const values = { duration: format.duration(afterMs), name: channel?.name ?? "" };
    return t(channel?.isEnabled === false ? "rule.says.escalationOff" : "rule.says.escalation", values);
  }

  function organizationsInWords(): string {
    if (rule.organizations === "all") return t("rule.says.allOrganizations");
    const ids = new Set(rule.organizations);
    const known = [...names.organizations].filter(([id]) => ids.has(id)).map(([, name]) => name);
    if (known.length === 0) return t("rule.says.noOrganizations");
    const shown = known.length > NAMED_ORGANIZATIONS ? known.slice(0, NAMED_ORGANIZATIONS - 1) : known;
    const others = known.length - shown.length;
    return [...shown, ...(others > 0 ? [t("wall.otherOrganizations", { count: others })] : [])].join(", ");
  }

  function delayInWords(): string {
    if (afterMs === 0) return t("rule.says.atOnce");
    const duration = format.duration(afterMs);
    return t(isCommonAtOnce ? "rule.says.afterButCommon" : "rule.says.after", { duration });
  }
}

/** Names the states that are told of. */
export function statesInWords(t: Viewer["t"], states: readonly PosServerState[]): string {
  if (PROBLEM_STATES.every((state) => states.includes(state))) return t("rule.says.anyState");
  return states.map((state) => inSentence(t(`state.${state}`))).join(", ");
}

/** Quiet hours as people write them. */
export function clockOf({ from, to }: QuietHours): { from: string; to: string } {
  return { from: clock(from), to: clock(to) };
}

function clock(minute: number): string {
  const parts = [Math.floor(minute / HOUR_MINUTES), minute % HOUR_MINUTES];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
