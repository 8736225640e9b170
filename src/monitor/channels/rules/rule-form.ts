import { PROBLEM_STATES } from "../../fleet/state.ts";
import { findTagProblem, readTagNames, TAG_LIMITS } from "../../fleet/tag-names.ts";
import { type Field, fieldsOf } from "../../forms/field-model.ts";
import { isChecked, textFields } from "../../forms/fields.ts";
import { readId } from "../../forms/id.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import type { Escalation, QuietHours, RuleTerms } from "../../notifications/rules/rule.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import { readTicks } from "../../people/users/rights-form.ts";
import { ticksModel } from "../../people/users/rights-model.ts";
import type { Rights } from "../../people/users/save-rights.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { clockOf } from "../words/rule-in-words.ts";
import { channelUrl } from "../words.ts";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/** In minutes. */
const RULE_LIMITS = {
  after: { min: 0, max: 1_440 },
  repeat: { min: 5, max: 10_080 },
  escalate: { min: 1, max: 1_440 },
} as const;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

const FIELDS = [
  ...(["tags", "afterMinutes", "quietFrom", "quietTo"] as const),
  ...(["repeatMinutes", "escalateMinutes", "escalateChannel"] as const),
];

/** A rule as its form was filled in. */
export interface RuleForm {
  typed: Record<(typeof FIELDS)[number], string>;
  rights: Rights;
  states: readonly string[];
  isCommonAtOnce: boolean;
  /** Keys of the catalogs by field. */
  problems: Record<string, string>;
  /** What the messages say of what was typed. */
  limits: Record<string, string | number>;
}

/** Reads the form of a rule; without problems there are terms. */
export function readRuleForm(body: unknown): RuleForm & { terms: RuleTerms | null } {
  const typed = textFields(body, FIELDS);
  const rights = readTicks(body);
  const given = (body as { state?: unknown } | null)?.state ?? [];
  const states = PROBLEM_STATES.filter((state) => [given].flat().includes(state));
  const tags = readTagNames(typed.tags);
  const tagProblem = findTagProblem(tags);
  const after = readMinutes(typed.afterMinutes, RULE_LIMITS.after);
  const repeat = readMinutes(typed.repeatMinutes, RULE_LIMITS.repeat);
  const quiet = readQuietHours(typed);
  const escalation = readEscalation(typed);
  const isCommonAtOnce = isChecked(body, "commonAtOnce");
  const problems = {
    ...(!rights.hasAll &&
      rights.organizationIds.size === 0 && { organizations: "rule.problem.noOrganization" }),
    ...(tagProblem && { tags: `tags.problem.${tagProblem.code}` }),
    ...(states.length === 0 && { states: "rule.problem.noState" }),
    ...(after === null && {
      afterMinutes: typed.afterMinutes.trim() ? "rule.problem.after" : "form.required",
    }),
    ...(after === "wrong" && { afterMinutes: "rule.problem.after" }),
    ...quiet.problems,
    ...(repeat === "wrong" && { repeatMinutes: "rule.problem.repeat" }),
    ...escalation.problems,
  };
  const isRight = Object.keys(problems).length === 0 && typeof after === "number" && repeat !== "wrong";
  return {
    ...{ typed, rights, states, isCommonAtOnce, problems },
    limits: {
      ...{ maxLength: TAG_LIMITS.length, maxTags: TAG_LIMITS.perPosServer },
      tag: tagProblem && "tag" in tagProblem ? tagProblem.tag : "",
    },
    terms: isRight
      ? {
          organizations: rights.hasAll ? "all" : [...rights.organizationIds],
          ...{ tags, states, isCommonAtOnce, quietHours: quiet.hours, escalation: escalation.said },
          afterMs: after * MINUTE_MS,
          repeatMs: repeat === null ? null : repeat * MINUTE_MS,
        }
      : null,
  };
}

/** A rule as its form shows it. */
export function ruleFormOf(terms: RuleTerms): RuleForm {
  const { organizations, tags, states, isCommonAtOnce, quietHours, repeatMs, escalation } = terms;
  const minutes = (ms: number | null | undefined) => (typeof ms === "number" ? String(ms / MINUTE_MS) : "");
  const { from = "", to = "" } = quietHours ? clockOf(quietHours) : {};
  return {
    typed: {
      tags: tags.join(", "),
      afterMinutes: minutes(terms.afterMs),
      ...{ quietFrom: from, quietTo: to },
      repeatMinutes: minutes(repeatMs),
      escalateMinutes: minutes(escalation?.afterMs),
      escalateChannel: escalation ? String(escalation.channelId) : "",
    },
    rights: {
      hasAll: organizations === "all",
      organizationIds: new Set(organizations === "all" ? [] : organizations),
    },
    ...{ states, isCommonAtOnce, problems: {}, limits: {} },
  };
}

/** @returns null when nothing was typed. */
function readMinutes(text: string, { min, max }: { min: number; max: number }): number | "wrong" | null {
  const typed = text.trim();
  if (typed === "") return null;
  const minutes = /^\d{1,6}$/.test(typed) ? Number(typed) : Number.NaN;
  return minutes >= min && minutes <= max ? minutes : "wrong";
}

type Read<Said> = { problems: Record<string, string> } & Said;

function readQuietHours({ quietFrom, quietTo }: RuleForm["typed"]): Read<{ hours: QuietHours | null }> {
  const [fromText, toText] = [quietFrom.trim(), quietTo.trim()];
  if (fromText === "" && toText === "") return { problems: {}, hours: null };
  const [from, to] = [readClock(fromText), readClock(toText)];
  const problems = {
    ...(from === null && { quietFrom: fromText ? "rule.problem.clock" : "rule.problem.quietBoth" }),
    ...(to === null && { quietTo: toText ? "rule.problem.clock" : "rule.problem.quietBoth" }),
    ...(from !== null && from === to && { quietTo: "rule.problem.quietSame" }),
  };
  return { problems, hours: from === null || to === null ? null : { from, to } };
}

function readClock(text: string): number | null {
  const [, hour, minute] = CLOCK.exec(text) ?? [];
  return hour === undefined ? null : Number(hour) * HOUR_MINUTES + Number(minute);
}

function readEscalation({
  escalateMinutes,
  escalateChannel,
}: RuleForm["typed"]): Read<{ said: Escalation | null }> {
  const minutes = readMinutes(escalateMinutes, RULE_LIMITS.escalate);
  const channelId = readId(escalateChannel);
  if (minutes === null && escalateChannel === "") return { problems: {}, said: null };
  const problems = {
    ...(minutes === "wrong" && { escalateMinutes: "rule.problem.escalate" }),
    ...(minutes === null && { escalateMinutes: "rule.problem.escalateMinutes" }),
    ...(channelId === null && { escalateChannel: "rule.problem.escalateChannel" }),
  };
  const isSaid = typeof minutes === "number" && channelId !== null;
  return { problems, said: isSaid ? { afterMs: minutes * MINUTE_MS, channelId } : null };
}

const SUGGESTED_TAGS = 8;

/** What a rule may be about, and whom it can be told to as well. */
interface RuleChoices {
  organizations: readonly ActiveOrganization[];
  tags: readonly { name: string }[];
  others: readonly Pick<Channel, "id" | "name">[];
}

interface AskedRule {
  channel: Channel;
  /** Where the form is sent to. */
  path: string;
  isNew: boolean;
  form: RuleForm;
  choices: RuleChoices;
  /** How many incidents it would tell of now, in words. */
  wouldTell: string;
}

/** What the form of a rule shows. */
export function ruleFormModel(viewer: Viewer, { channel, path, isNew, form, choices, wouldTell }: AskedRule) {
  const { t } = viewer;
  const { typed, problems, rights, states, isCommonAtOnce } = form;
  const { organizations, tags, others } = choices;
  const { after, repeat, escalate } = RULE_LIMITS;
  const limits = {
    ...form.limits,
    ...{ maxAfter: after.max, minRepeat: repeat.min, maxRepeat: repeat.max },
    ...{ minEscalate: escalate.min, maxEscalate: escalate.max },
  };
  const field = fieldsOf(t, { typed, problems, limits });
  const minutes = { inputMode: "numeric" } as const;
  const known = tags.slice(0, SUGGESTED_TAGS).map(({ name }) => name);
  return {
    title: t(isNew ? "rule.newTitle" : "rule.editTitle", { name: channel.name }),
    channelUrl: channelUrl(channel.id),
    channelName: channel.name,
    path,
    hasProblems: Object.keys(problems).length > 0,
    refusal: problems.all ? t(problems.all, limits) : null,
    isOwn: channel.ownerId !== null,
    organizationsProblem: problems.organizations ? t(problems.organizations) : null,
    ticks: ticksModel(viewer, { organizations, rights, search: "", canBeSearchedOnServer: false }),
    tags: field("tags", {
      label: t("rule.field.tags"),
      hint: known.length > 0 ? t("rule.hint.knownTags", { tags: known.join(", ") }) : t("rule.hint.tags"),
    }),
    states: PROBLEM_STATES.map((state) => ({
      ...{ state, text: t(`state.${state}`), isTicked: states.includes(state) },
    })),
    statesProblem: problems.states ? t(problems.states) : null,
    after: field("afterMinutes", {
      ...minutes,
      label: t("rule.field.after"),
      hint: t("rule.hint.after", limits),
    }),
    isCommonAtOnce,
    quiet: [
      field("quietFrom", { label: t("rule.field.quietFrom"), type: "time" }),
      field("quietTo", { label: t("rule.field.quietTo"), type: "time" }),
    ],
    quietHint: t("rule.hint.quiet", { zone: channel.timeZone }),
    repeat: field("repeatMinutes", {
      ...minutes,
      label: t("rule.field.repeat"),
      hint: t("rule.hint.repeat"),
    }),
    escalation:
      others.length === 0 && typed.escalateChannel === "" && typed.escalateMinutes === ""
        ? null
        : {
            minutes: field("escalateMinutes", { ...minutes, label: t("rule.field.escalateMinutes") }),
            channel: escalationChannel(field("escalateChannel", { label: t("rule.field.escalateChannel") })),
          },
    wouldTell,
  };

  function escalationChannel(shown: Field) {
    const options = others.map(({ id, name }) => ({ value: String(id), text: name }));
    return {
      ...shown,
      options: [{ value: "", text: t("rule.nobodyElse") }, ...options].map((option) => ({
        ...option,
        isChosen: option.value === typed.escalateChannel,
      })),
    };
  }
}
