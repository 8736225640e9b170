import { textFields } from "../../forms/fields.ts";
import { isMessenger } from "../../notifications/channels/channel.ts";
import { type Channel, MAX_CHANNEL_NAME_LENGTH } from "../../notifications/registry/channel.ts";
import { readName } from "../../organizations/registry/names.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";
import { checkedValue, checkUrl, problemOf } from "./checks.ts";
import type { FormOf, KnownSecrets, ReadForm, ReadTerms } from "./form.ts";
import { BOT_FIELDS, readBotTerms } from "./read-bot-terms.ts";
import { EMAIL_FIELDS, readEmailTerms, readOwnEmailTerms } from "./read-email-terms.ts";

const COMMON_FIELDS = ["name", "language", "timeZone", "via"] as const;

/** Of a channel that is changed what it is, and what is known of its secrets. */
export interface Present {
  channel: Channel;
  secrets: KnownSecrets | null;
}

/** Reads the form of a channel. @param present null = it is a new one. */
export function readChannelForm(body: unknown, of: FormOf, present: Present | null): ReadForm {
  const typed = textFields(body, [...COMMON_FIELDS, ...EMAIL_FIELDS, ...BOT_FIELDS, ...WEBHOOK_FIELDS]);
  const { terms, problems: ofTerms, limits } = readTerms(typed, of, present);
  const { language, timeZone } = typed;
  const name = readName(typed.name) || defaultName(terms);
  const problems = {
    // One's own mail is known by its address, which is asked for then.
    ...(name === "" && !(of.isOwn && of.kind === "email") && { name: "form.required" }),
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

function readTerms(
  typed: Readonly<Record<string, string>>,
  { kind, isOwn }: FormOf,
  present: Present | null,
): ReadTerms {
  const known = present?.secrets ?? null;
  if (kind === "webhook") return readWebhookTerms(typed);
  if (kind === "push" || (isMessenger(kind) && isOwn)) return presentTerms(present);
  if (isMessenger(kind)) return readBotTerms(kind, typed, known);
  return isOwn ? readOwnEmailTerms(typed) : readEmailTerms(typed, known);
}

/** Where a person is told by a bot or in a browser they have said themselves, to the bot or in the browser: that stays. */
function presentTerms(present: Present | null): ReadTerms {
  const { channel } = present ?? {};
  if (channel?.kind === "push")
    return { problems: {}, terms: { kind: "push", viaId: null, settings: channel.target, secrets: {} } };
  const viaId = channel?.via?.id ?? null;
  if (channel?.kind === "telegram" && viaId !== null)
    return { problems: {}, terms: { kind: "telegram", viaId, settings: channel.target, secrets: null } };
  if (channel?.kind === "max" && viaId !== null)
    return { problems: {}, terms: { kind: "max", viaId, settings: channel.target, secrets: null } };
  throw new Error("Only somebody who wrote to a bot, or has a browser, can be told by it");
}

/** One's own mail is known by its address. */
function defaultName({ kind, viaId, settings }: ReadTerms["terms"]): string {
  return kind === "email" && viaId !== null ? (settings.to[0] ?? "").slice(0, MAX_CHANNEL_NAME_LENGTH) : "";
}

const WEBHOOK_FIELDS = ["url", "secret"] as const;

/** As `WebhookSecrets` has it. */
const SECRET_LENGTH = { min: 16, max: 200 };

/** Reads the fields of a webhook; a secret that is left out is made, or stays as it is. */
function readWebhookTerms(typed: Readonly<Record<string, string>>): ReadTerms {
  const url = checkUrl(typed.url ?? "");
  const secret = (typed.secret ?? "").trim();
  const isWrong = secret !== "" && (secret.length < SECRET_LENGTH.min || secret.length > SECRET_LENGTH.max);
  return {
    problems: { ...problemOf("url", url), ...(isWrong && { secret: "channels.problem.secret" }) },
    limits: { minSecret: SECRET_LENGTH.min, maxSecret: SECRET_LENGTH.max },
    terms: {
      kind: "webhook",
      viaId: null,
      settings: { url: checkedValue(url) },
      secrets: secret === "" ? {} : { secret },
    },
  };
}
