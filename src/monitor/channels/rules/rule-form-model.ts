import { PROBLEM_STATES } from "../../fleet/state.ts";
import { type Field, fieldsOf } from "../../forms/field-model.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import { ticksModel } from "../../people/users/rights-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { channelUrl } from "../words/addresses.ts";
import { RULE_LIMITS, type RuleForm } from "./rule-form.ts";

const SUGGESTED_TAGS = 8;

/** What a rule may be about, and whom it can be told to as well. */
export interface RuleChoices {
  organizations: readonly ActiveOrganization[];
  tags: readonly { name: string }[];
  others: readonly Pick<Channel, "id" | "name">[];
}

export interface AskedRule {
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
