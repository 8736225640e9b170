import type { ChannelKind } from "../../notifications/channels/channel.ts";
import { ownEmailForm } from "../../notifications/channels/email/form.ts";
import type { KindForm, Typed } from "../../notifications/channels/form.ts";
import type { ChannelProblem } from "../../notifications/registry/admit-channel.ts";
import { MAX_OWN_CHANNELS, MAX_SHARED_CHANNELS } from "../../notifications/registry/channel.ts";
import { KINDS } from "../../notifications/sending/kinds.ts";

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
export type AnyForm = KindForm<object, object>;

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
