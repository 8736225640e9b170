import { textFields } from "../../forms/fields.ts";
import type { ChannelKind } from "../../notifications/channels/channel.ts";
import { ownEmailForm } from "../../notifications/channels/email/form.ts";
import type { KindForm, Present, Typed } from "../../notifications/channels/form.ts";
import {
  type Channel,
  type ChannelTerms,
  MAX_CHANNEL_NAME_LENGTH,
  MAX_OWN_CHANNELS,
  MAX_SHARED_CHANNELS,
  type WantedChannel,
} from "../../notifications/registry/channel.ts";
import type { ChannelProblem } from "../../notifications/registry/save-channel.ts";
import { KINDS } from "../../notifications/sending/kinds.ts";
import { readName } from "../../organizations/registry/names.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";

/** A PEM with some certificates takes most of it. */
export const MAX_CHANNEL_FORM_BYTES = 128 * 1024;

/** Which channel a form is of. */
export interface FormOf {
  kind: ChannelKind;
  isOwn: boolean;
}

/** What was typed, and what is wrong with it: keys of the catalogs, by field. */
export interface ChannelForm {
  typed: Typed;
  problems: Readonly<Record<string, string>>;
  /** What the messages say of what was typed and of what is allowed. */
  limits: Readonly<Record<string, string | number>>;
}

/** The form of a kind whatever its settings are. */
type AnyForm = KindForm<object, object>;

/** What is asked of a channel; null = where it leads was said to the bot, or in the browser. */
export function kindFormOf({ kind, isOwn }: FormOf): AnyForm | null {
  if (!isOwn) return KINDS[kind].form;
  return kind === "email" ? (ownEmailForm as unknown as AnyForm) : null;
}

/** A form with what kept its channel from being saved, at the field that it lies in. */
export function refused(form: ChannelForm, problem: ChannelProblem, isOwn: boolean): ChannelForm {
  const maxChannels = isOwn ? MAX_OWN_CHANNELS : MAX_SHARED_CHANNELS;
  const tooMany = isOwn ? "channels.problem.tooManyOwn" : "channels.problem.tooManyShared";
  const problems = {
    nameTaken: { name: "channels.problem.nameTaken" },
    noVia: { via: "channels.problem.noVia" },
    tooMany: { all: tooMany },
  };
  return { ...form, problems: problems[problem], limits: { ...form.limits, maxChannels } };
}

/** A form that was sent; without problems there is what to save. */
interface ReadForm extends ChannelForm {
  wanted: WantedChannel | null;
}

/** A channel that is changed, with its secrets; null = they cannot be opened. */
export interface PresentChannel extends Present<object, object> {
  channel: Pick<Channel, "via">;
}

/** Reads the form of a channel. @param present null = it is a new one. */
export function readChannelForm(body: unknown, of: FormOf, present: PresentChannel | null): ReadForm {
  const fields = kindFormOf(of)?.fields ?? [];
  const names = fields.map(({ name }) => name);
  const typed = textFields(body, ["name", "language", "timeZone", "via", ...names]);
  const { terms, problems: ofTerms, limits } = readTerms(typed, of, present);
  const { language = "", timeZone = "" } = typed;
  // One's own mail is known by its address.
  const ownName = of.isOwn && of.kind === "email" ? (typed.to ?? "") : "";
  const name = readName(typed.name ?? "") || ownName.trim().slice(0, MAX_CHANNEL_NAME_LENGTH);
  const isNameless = name === "" && !(of.isOwn && ofTerms.to);
  const problems = {
    ...(isNameless && { name: "form.required" }),
    ...(name.length > MAX_CHANNEL_NAME_LENGTH && { name: "channels.problem.nameLong" }),
    ...ofTerms,
    ...(!isLanguage(language) && { language: "account.problem.language" }),
    ...(!isTimeZone(timeZone) && { timeZone: "account.problem.timeZone" }),
  };
  const isRight = Object.keys(problems).length === 0 && isLanguage(language);
  return {
    ...{ typed, problems, limits: { ...limits, maxName: MAX_CHANNEL_NAME_LENGTH } },
    wanted: isRight ? { name, language, timeZone, terms } : null,
  };
}

interface ReadTerms {
  problems: Record<string, string>;
  limits: Record<string, string | number>;
  terms: ChannelTerms;
}

function readTerms(
  typed: Readonly<Record<string, string>>,
  of: FormOf,
  present: PresentChannel | null,
): ReadTerms {
  const form = kindFormOf(of);
  const { kind, isOwn } = of;
  if (!form) return presentTerms(of, present);
  const values: Record<string, string> = {};
  const problems: Record<string, string> = {};
  let limits = {};
  for (const { name, isRequired, check } of form.fields) {
    const text = typed[name] ?? "";
    const checked =
      text.trim() !== "" ? check(text) : isRequired ? { problem: "form.required" } : { value: "" };
    if ("problem" in checked) problems[name] = checked.problem;
    else values[name] = checked.value;
    limits = { ...limits, ...("values" in checked && checked.values) };
  }
  const viaId = Number(typed.via);
  const isWithoutVia = isOwn && !Number.isInteger(viaId);
  const { settings, secrets, ...read } = form.termsOf(values, present);
  // While something is wrong by itself, it is not known whether a secret that is left out may stay.
  const areFieldsRight = Object.keys(problems).length === 0;
  const ofAll = present === null || areFieldsRight ? read.problems : {};
  return {
    problems: { ...(isWithoutVia && { via: "channels.problem.noVia" }), ...ofAll, ...problems },
    limits,
    terms: { kind, settings, viaId: isOwn ? viaId : null, secrets: isOwn ? null : secrets },
  };
}

/** Where a person is told by a bot or in a browser they have said themselves, to the bot or in the browser: that stays. */
function presentTerms({ kind }: FormOf, present: PresentChannel | null): ReadTerms {
  if (!present) throw new Error("Only somebody who wrote to a bot, or has a browser, can be told by it");
  const viaId = present.channel.via?.id ?? null;
  const secrets = viaId === null ? {} : null;
  return { problems: {}, limits: {}, terms: { kind, viaId, settings: present.settings, secrets } };
}
