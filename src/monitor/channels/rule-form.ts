import Type from "typebox";
import { MINUTE_MS } from "../../protocol/time-units.ts";
import { readTicks, ticksModel } from "../access/ticks.ts";
import { PROBLEM_STATES } from "../fleet/state.ts";
import { type Choice, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text, Texts, Tick } from "../forms/fields.ts";
import type { Escalation, QuietHours, RuleTerms } from "../notifications/rules/rule.ts";
import type { Channel } from "../notifications/settings/find-channels.ts";
import { clockOf, type RuleNames } from "../notifications/settings/rule-in-words.ts";
import { MAX_RULES } from "../notifications/settings/rules.ts";
import { findTagProblem, readTagNames, TAG_LIMITS, type Tag } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { channelUrl } from "./asked.ts";

const HOUR_MINUTES = 60;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

const MINUTES = {
  afterMinutes: { min: 0, max: 1_440, problem: "rule.problem.after" },
  repeatMinutes: { min: 5, max: 10_080, problem: "rule.problem.repeat" },
  escalateMinutes: { min: 1, max: 1_440, problem: "rule.problem.escalate" },
} as const;

const LIMITS = {
  maxLength: TAG_LIMITS.length,
  maxTags: TAG_LIMITS.perPosServer,
  maxRules: MAX_RULES,
  maxAfter: MINUTES.afterMinutes.max,
  minRepeat: MINUTES.repeatMinutes.min,
  maxRepeat: MINUTES.repeatMinutes.max,
  minEscalate: MINUTES.escalateMinutes.min,
  maxEscalate: MINUTES.escalateMinutes.max,
};

const Fields = Type.Object({
  tags: Text,
  state: Texts,
  afterMinutes: Text,
  commonAtOnce: Tick,
  quietFrom: Text,
  quietTo: Text,
  repeatMinutes: Text,
  escalateMinutes: Text,
  escalateChannel: Text,
  preview: Tick,
});

/** `terms`: null while something is wrong. */
export type RuleForm = Omit<ReturnType<typeof readRuleForm>, "isPreview">;

export function ruleFormOf(terms: RuleTerms): RuleForm {
  const { organizations, tags, states, isCommonAtOnce, quietHours, repeatMs, escalation } = terms;
  const minutes = (ms: number | null | undefined) => (typeof ms === "number" ? String(ms / MINUTE_MS) : "");
  const { from = "", to = "" } = quietHours ? clockOf(quietHours) : {};
  return {
    typed: {
      tags: tags.join(", "),
      afterMinutes: minutes(terms.afterMs),
      quietFrom: from,
      quietTo: to,
      repeatMinutes: minutes(repeatMs),
      escalateMinutes: minutes(escalation?.afterMs),
      escalateChannel: escalation ? String(escalation.channelId) : "",
    },
    rights: {
      hasAll: organizations === "all",
      organizationIds: new Set(organizations === "all" ? [] : organizations),
    },
    states,
    isCommonAtOnce,
    problems: {},
    limits: { ...LIMITS, tag: "" },
    terms,
  };
}

export function readRuleForm(body: unknown) {
  const sent = readForm(Fields, body);
  const { state: tickedStates, commonAtOnce: isCommonAtOnce, preview: isPreview, ...typed } = sent;
  const problems: Record<string, string> = {};
  const rights = readTicks(body);
  if (!rights.hasAll && rights.organizationIds.size === 0)
    problems.organizations = "rule.problem.noOrganization";
  const tags = readTagNames(typed.tags);
  const tagProblem = findTagProblem(tags);
  if (tagProblem) problems.tags = `tags.problem.${tagProblem.code}`;
  const states: RuleTerms["states"] = PROBLEM_STATES.filter((state) => tickedStates.includes(state));
  if (states.length === 0) problems.states = "rule.problem.noState";
  const after = readMinutes("afterMinutes");
  if (after === null) problems.afterMinutes ??= "form.required";
  const quietHours = readQuietHours();
  const repeat = readMinutes("repeatMinutes");
  const escalation = readEscalation();
  const terms: RuleTerms = {
    organizations: rights.hasAll ? "all" : [...rights.organizationIds],
    tags,
    states,
    isCommonAtOnce,
    quietHours,
    escalation,
    afterMs: (after ?? 0) * MINUTE_MS,
    repeatMs: repeat && repeat * MINUTE_MS,
  };
  const tag = tagProblem && "tag" in tagProblem ? tagProblem.tag : "";
  return {
    typed,
    rights,
    states,
    isCommonAtOnce,
    problems,
    limits: { ...LIMITS, tag },
    isPreview,
    terms: Object.keys(problems).length === 0 ? terms : null,
  };

  /** @returns null for nothing or something wrong. */
  function readMinutes(field: keyof typeof MINUTES): number | null {
    const { min, max, problem } = MINUTES[field];
    const text = typed[field].trim();
    if (text === "") return null;
    const minutes = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (minutes >= min && minutes <= max) return minutes;
    problems[field] = problem;
    return null;
  }

  function readQuietHours(): QuietHours | null {
    if (typed.quietFrom.trim() === "" && typed.quietTo.trim() === "") return null;
    const [from, to] = [readClock("quietFrom"), readClock("quietTo")];
    if (from !== null && from === to) problems.quietTo = "rule.problem.quietSame";
    return from === null || to === null ? null : { from, to };
  }

  function readClock(field: "quietFrom" | "quietTo"): number | null {
    const text = typed[field].trim();
    const [, hour, minute] = CLOCK.exec(text) ?? [];
    if (hour !== undefined) return Number(hour) * HOUR_MINUTES + Number(minute);
    problems[field] = text === "" ? "rule.problem.quietBoth" : "rule.problem.clock";
    return null;
  }

  function readEscalation(): Escalation | null {
    const minutes = readMinutes("escalateMinutes");
    if (typed.escalateMinutes.trim() === "" && typed.escalateChannel === "") return null;
    const channelId = readId(typed.escalateChannel);
    if (minutes === null) problems.escalateMinutes ??= "rule.problem.escalateMinutes";
    if (channelId === null) problems.escalateChannel = "rule.problem.escalateChannel";
    return minutes === null || channelId === null ? null : { afterMs: minutes * MINUTE_MS, channelId };
  }
}

const SUGGESTED_TAGS = 8;

type Choices = RuleNames & { tags: readonly Tag[] };

export function ruleFormModel(viewer: Viewer, channel: Channel, form: RuleForm, choices: Choices) {
  const { t } = viewer;
  const { organizations, others, tags } = choices;
  const { typed, problems, limits, rights, states, isCommonAtOnce } = form;
  const asField = fieldsOf(t, form);
  const field = (name: keyof RuleForm["typed"], appearance: object = {}) =>
    asField(name, { label: t(`rule.field.${name}`), ...appearance });
  const minutes = { inputMode: "numeric" };
  const known = tags.slice(0, SUGGESTED_TAGS).map(({ name }) => name);
  const receivers = others.map(({ id, name }): Choice => [id, name]);
  return {
    channelUrl: channelUrl(channel.id),
    channelName: channel.name,
    hasProblems: Object.keys(problems).length > 0,
    problems: Object.fromEntries(Object.entries(problems).map(([part, key]) => [part, t(key, limits)])),
    isOwn: channel.ownerId !== null,
    ticks: ticksModel(viewer, { organizations, rights }),
    tags: field("tags", {
      hint: known.length > 0 ? t("rule.hint.knownTags", { tags: known.join(", ") }) : t("rule.hint.tags"),
    }),
    states: PROBLEM_STATES.map((state) => ({
      state,
      text: t(`state.${state}`),
      isTicked: states.includes(state),
    })),
    after: field("afterMinutes", { ...minutes, hint: t("rule.hint.after", limits) }),
    isCommonAtOnce,
    quiet: [field("quietFrom", { type: "time" }), field("quietTo", { type: "time" })],
    quietHint: t("rule.hint.quiet", { zone: channel.timeZone }),
    repeat: field("repeatMinutes", { ...minutes, hint: t("rule.hint.repeat") }),
    canEscalate: others.length > 0 || typed.escalateChannel + typed.escalateMinutes !== "",
    escalateMinutes: field("escalateMinutes", minutes),
    escalateChannel: field("escalateChannel", { choices: [["", t("rule.nobodyElse")], ...receivers] }),
  };
}
