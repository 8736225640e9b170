import { isDeepStrictEqual } from "node:util";
import Type from "typebox";
import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import { ownEmailForm } from "../notifications/channels/email/kind.ts";
import type { FormField, KindForm, Typed } from "../notifications/channels/form.ts";
import type { ChannelKind } from "../notifications/channels/kind.ts";
import { KINDS } from "../notifications/sending/open-channel.ts";
import type { Channel } from "../notifications/settings/find-channels.ts";
import {
  type ChannelProblem,
  MAX_CHANNEL_NAME_LENGTH,
  MAX_OWN_CHANNELS,
  MAX_SHARED_CHANNELS,
  type WantedChannel,
} from "../notifications/settings/save-channel.ts";
import { readName } from "../registry/names.ts";
import { isLanguage, languageChoices } from "../viewer/language.ts";
import { isTimeZone, timeZoneChoices } from "../viewer/time-zones.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** `present`: as stored, without secrets when they cannot be opened; null = a new channel. */
export interface FormOf {
  kind: ChannelKind;
  isOwn: boolean;
  present: (Channel & { secrets: object | null }) | null;
}

type AnyForm = KindForm<object, object>;

/** The chat of a messenger cannot be edited. */
const EMPTY_FORM: AnyForm = {
  fields: [],
  defaults: {},
  rareSummary: null,
  typedOf: () => ({}),
  knownSecrets: () => [],
  termsOf: (_values, present) => ({ settings: present?.settings ?? {}, secrets: {} }),
};

export function kindFormOf({ kind, isOwn }: Omit<FormOf, "present">): AnyForm {
  if (!isOwn) return KINDS[kind].form;
  return kind === "email" ? (ownEmailForm as unknown as AnyForm) : EMPTY_FORM;
}

const CommonForm = Type.Object({
  name: Text,
  language: Text,
  timeZone: Text,
  via: Text,
  sendsLogLines: Text,
});

/** @returns `wanted`: null while something is wrong; `made`: the secret that was made for it. */
export function readChannelForm(body: unknown, of: FormOf) {
  const { kind, isOwn, present } = of;
  const form = kindFormOf(of);
  const KindFields = Type.Object(Object.fromEntries(form.fields.map(({ name }) => [name, Text])));
  const { language, timeZone, ...common } = readForm(CommonForm, body);
  const sendsLogLines = common.sendsLogLines !== "";
  const typed: Typed = { ...readForm(KindFields, body), ...common, language, timeZone };
  const { values, ...ofFields } = readFields(form.fields, typed);
  const { settings, secrets, problems: ofTerms, made = "" } = form.termsOf(values, present);
  // Whether a stored secret may stay is known once all fields are valid.
  const isWholeChecked = present === null || Object.keys(ofFields.problems).length === 0;
  const isOwnMail = isOwn && kind === "email";
  // Its address becomes its name.
  const ownName = isOwnMail ? (typed.to ?? "").trim().slice(0, MAX_CHANNEL_NAME_LENGTH) : "";
  const name = readName(common.name) || ownName;
  const problems = {
    ...(name === "" && !isOwnMail && { name: "form.required" }),
    ...(name.length > MAX_CHANNEL_NAME_LENGTH && { name: "channels.problem.nameLong" }),
    ...(isWholeChecked && { ...ofTerms, ...leftOutProblems(form, values, present) }),
    ...ofFields.problems,
    ...(!isLanguage(language) && { language: "account.problem.language" }),
    ...(!isTimeZone(timeZone) && { timeZone: "account.problem.timeZone" }),
  };
  const maxChannels = isOwn ? MAX_OWN_CHANNELS : MAX_SHARED_CHANNELS;
  const viaId = isOwnMail ? (readId(common.via) ?? 0) : (present?.via?.id ?? null);
  const terms = { kind, settings, viaId, secrets: viaId === null ? secrets : null };
  const isRight = Object.keys(problems).length === 0 && isLanguage(language);
  const wanted: WantedChannel | null = isRight ? { name, language, timeZone, sendsLogLines, terms } : null;
  const limits = { ...ofFields.limits, maxName: MAX_CHANNEL_NAME_LENGTH, maxChannels };
  return { typed, problems, limits, wanted, made };
}

function leftOutProblems(form: AnyForm, values: Typed, present: FormOf["present"]) {
  const known = present?.secrets ? form.knownSecrets(present.secrets) : [];
  const before = present && form.typedOf(present);
  return Object.fromEntries(
    form.fields.flatMap(({ name, stays }) => {
      const way = stays && values[name] === "" ? stays.way(values) : null;
      if (!stays || !way) return [];
      const isSameWay = before !== null && isDeepStrictEqual(way, stays.way(before));
      const problem = known.includes(name) ? (isSameWay ? null : stays.again) : stays.missing;
      return problem ? [[name, problem]] : [];
    }),
  );
}

function readFields(fields: readonly FormField[], typed: Typed) {
  const values: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const limits: Record<string, string | number> = {};
  for (const { name, isRequired, check } of fields) {
    const text = typed[name] ?? "";
    const empty = isRequired ? { problem: "form.required" } : { value: "" };
    const checked = text.trim() === "" ? empty : check(text);
    if ("value" in checked) values[name] = checked.value;
    else problems[name] = checked.problem;
    if ("values" in checked) Object.assign(limits, checked.values);
  }
  return { values, problems, limits };
}

export function refused(form: FilledForm, problem: ChannelProblem, { isOwn }: FormOf): FilledForm {
  const problems = {
    nameTaken: { name: "channels.problem.nameTaken" },
    noVia: { via: "channels.problem.noVia" },
    tooMany: { all: isOwn ? "channels.problem.tooManyOwn" : "channels.problem.tooManyShared" },
  };
  return { ...form, problems: problems[problem] };
}

/** @param vias shared channels by whose server an own one can send. */
export function channelFormModel(viewer: Viewer, of: FormOf, form: FilledForm, vias: Channel[], now: number) {
  const { t } = viewer;
  const { typed, problems, limits } = form;
  const { kind, isOwn, present } = of;
  const isOwnMail = isOwn && kind === "email";
  const { fields, rareSummary, defaults, knownSecrets } = kindFormOf(of);
  const known = present?.secrets ? knownSecrets(present.secrets) : [];
  const rare = fields.filter(({ isRare }) => isRare);
  const isChanged = ({ name }: FormField) => problems[name] || (typed[name] ?? "") !== (defaults[name] ?? "");
  const viaId = typed.via || String(vias[0]?.id);
  const fieldOf = fieldsOf(t, form);
  const field = (name: string, appearance: object = {}) =>
    fieldOf(name, { label: t(`channels.field.${name}`), ...appearance });
  return {
    kind,
    scope: isOwn ? "own" : "shared",
    hasProblems: Object.keys(problems).length > 0,
    refusal: problems.all ? t(problems.all, { ...limits }) : null,
    isWithoutVia: isOwnMail && vias.length === 0,
    name: field("name", {
      isRequired: !isOwnMail,
      isFocused: true,
      hint: t(isOwnMail ? "channels.hint.ownName" : `channels.hint.name.${kind}`),
    }),
    controls: fields.filter(({ isRare }) => !isRare).map(controlOf),
    via:
      isOwnMail &&
      field("via", {
        hint: t("channels.hint.via"),
        value: viaId,
        choices: vias.map(({ id, name }) => [id, name]),
      }),
    more: rareSummary && {
      summary: t(`channels.more.${rareSummary}`),
      isOpen: rare.some((one) => one.control !== "secret" && isChanged(one)),
      controls: rare.map(controlOf),
    },
    sendsLogLines: Boolean(typed.sendsLogLines),
    languages: field("language", {
      value: typed.language || viewer.language,
      choices: languageChoices(t),
    }),
    timeZones: field("timeZone", {
      value: typed.timeZone || viewer.timeZone,
      choices: timeZoneChoices(viewer.language, now),
    }),
  };

  function controlOf({ name, label = name, control = "text", hint, options = [], ...asked }: FormField) {
    const { isRequired = false, inputMode = null, isBeside = false } = asked;
    const isSecret = control === "secret";
    const shownHint = isSecret && known.includes(name) ? "keptSecret" : hint;
    return {
      ...field(name, {
        label: t(`channels.field.${label}`),
        isRequired,
        inputMode,
        ...(isSecret && { type: "password", autocomplete: "new-password" }),
        ...(control === "email" && { type: "email", autocomplete: "email" }),
        hint: shownHint ? t(`channels.hint.${shownHint}`) : null,
        choices: options.map((value) => [value, t(`channels.${name}Option.${value}`)]),
      }),
      control,
      isBeside,
    };
  }
}
