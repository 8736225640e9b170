import { isDeepStrictEqual } from "node:util";
import Type from "typebox";
import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import { OWN_RECIPIENT } from "../notifications/channels/email/kind.ts";
import type { FormField, Typed } from "../notifications/channels/form.ts";
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
import { makeSecretToken } from "../secrets/secret-box.ts";
import { isLanguage, languageChoices } from "../viewer/language.ts";
import { isTimeZone, timeZoneChoices } from "../viewer/time-zones.ts";
import type { Viewer } from "../viewer/viewer.ts";

const USUAL_MAX_LENGTH = 500;

/** `present`: as stored, without secrets when they cannot be opened; null = a new channel. */
export interface FormOf {
  kind: ChannelKind;
  isOwn: boolean;
  present: (Channel & { secrets: Typed | null }) | null;
}

/** The chat of one's own messenger cannot be edited. */
function fieldsOfKind({ kind, isOwn }: FormOf): readonly FormField[] {
  if (!isOwn) return KINDS[kind].fields;
  return kind === "email" ? [OWN_RECIPIENT] : [];
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
  const fields = fieldsOfKind(of);
  const KindFields = Type.Object(Object.fromEntries(fields.map(({ name }) => [name, Text])));
  const { language, timeZone, ...common } = readForm(CommonForm, body);
  const typed: Typed = { ...readForm(KindFields, body), ...common, language, timeZone };
  const { values, limits, problems } = readFields(fields, typed);
  const isOwnMail = isOwn && kind === "email";
  // Its address becomes its name.
  const ownName = isOwnMail ? (values.to ?? "").slice(0, MAX_CHANNEL_NAME_LENGTH) : "";
  const name = readName(common.name) || ownName;
  if (name === "" && !isOwnMail) problems.name = "form.required";
  if (name.length > MAX_CHANNEL_NAME_LENGTH) problems.name = "channels.problem.nameLong";
  if (!isTimeZone(timeZone)) problems.timeZone = "account.problem.timeZone";
  if (!isLanguage(language)) problems.language = "account.problem.language";
  const { secrets, made } = readSecrets(fields, values, problems, present);
  const viaId = isOwnMail ? (readId(common.via) ?? 0) : (present?.via?.id ?? null);
  const plain = fields.filter(({ control }) => control !== "secret");
  const settings = { ...present?.settings };
  for (const { name: field } of plain) settings[field] = values[field] ?? "";
  const isRight = Object.keys(problems).length === 0 && isLanguage(language);
  const channel = { kind, name, timeZone, settings, viaId, sendsLogLines: common.sendsLogLines !== "" };
  const wanted: WantedChannel | null = isRight
    ? { ...channel, language, secrets: viaId === null ? secrets : null }
    : null;
  const maxChannels = isOwn ? MAX_OWN_CHANNELS : MAX_SHARED_CHANNELS;
  return {
    typed,
    problems,
    limits: { ...limits, maxName: MAX_CHANNEL_NAME_LENGTH, maxChannels },
    wanted,
    made,
  };
}

function readFields(fields: readonly FormField[], typed: Typed) {
  const values: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const limits: Record<string, string | number> = {};
  for (const { name, control, isRequired, maxLength = USUAL_MAX_LENGTH, options, check } of fields) {
    const isSecret = control === "secret";
    const text = isSecret ? (typed[name] ?? "") : (typed[name] ?? "").trim();
    if (text === "" && isRequired && !isSecret) problems[name] = "form.required";
    else if (text.length > maxLength) problems[name] = "channels.problem.long";
    else if (options?.includes(text) === false) problems[name] = `channels.problem.${name}`;
    else {
      const checked = text !== "" && check ? check(text) : { value: text };
      if ("value" in checked) values[name] = checked.value;
      else problems[name] = checked.problem;
      if ("values" in checked) Object.assign(limits, checked.values);
    }
  }
  return { values, problems, limits };
}

/** Secrets that are left out stay. Whether stored ones may is known once all fields are valid. */
function readSecrets(
  fields: readonly FormField[],
  values: Typed,
  problems: Record<string, string>,
  present: FormOf["present"],
) {
  const secrets: Record<string, string> = {};
  let made = "";
  if (present !== null && Object.keys(problems).length > 0) return { secrets, made };
  for (const { name, sentTo, isRequired, isGenerated } of fields) {
    const way = sentTo?.(values);
    if (way === undefined || problems[name]) continue;
    const isStored = Boolean(present?.secrets?.[name]);
    const isMoved = isStored && !isDeepStrictEqual(way, sentTo?.(present?.settings ?? {}));
    if (way === null && values[name]) problems[name] = "channels.problem.secretUnused";
    else if (way === null) secrets[name] = "";
    else if (values[name]) secrets[name] = values[name];
    else if (isMoved) problems[name] = "channels.problem.secretAgain";
    else if (!isStored && isRequired) problems[name] = "form.required";
    else if (!isStored && isGenerated) secrets[name] = made = makeSecretToken();
    else if (!isStored) secrets[name] = "";
  }
  return { secrets, made };
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
  const { rareSummary, defaults } = KINDS[kind];
  const fields = fieldsOfKind(of);
  const rare = fields.filter(({ isRare }) => isRare);
  const isChanged = ({ name }: FormField) =>
    problems[name] || (typed[name] ?? "") !== (defaults?.[name] ?? "");
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
        value: typed.via || String(vias[0]?.id),
        choices: vias.map(({ id, name }) => [id, name]),
      }),
    more: rare.length > 0 && {
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
    const shownHint = present?.secrets?.[name] ? "keptSecret" : hint;
    return {
      ...field(name, {
        label: t(`channels.field.${label}`),
        isRequired: isRequired && !isSecret,
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
