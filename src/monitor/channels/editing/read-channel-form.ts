import { textFields } from "../../forms/fields.ts";
import type { Present } from "../../notifications/channels/form.ts";
import {
  type Channel,
  type ChannelTerms,
  MAX_CHANNEL_NAME_LENGTH,
  type WantedChannel,
} from "../../notifications/registry/channel.ts";
import { readName } from "../../organizations/registry/names.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";
import { type ChannelForm, type FormOf, kindFormOf } from "./form.ts";

/** A form that was sent; without problems there is what to save. */
export interface ReadForm extends ChannelForm {
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
