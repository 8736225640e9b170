import type { ChannelKind } from "../../notifications/channels/channel.ts";
import type { ChannelTerms, WantedChannel } from "../../notifications/registry/channel.ts";

/** Which channel a form is of. */
export interface FormOf {
  kind: ChannelKind;
  isOwn: boolean;
}

/** What was typed, and what is wrong with it: keys of the catalogs, by field. */
export interface ChannelForm {
  typed: Readonly<Record<string, string>>;
  problems: Readonly<Record<string, string>>;
  /** What the messages say of what was typed and of what is allowed. */
  limits: Readonly<Record<string, string | number>>;
}

/** A form that was sent; without problems there is what to save. */
export interface ReadForm extends ChannelForm {
  wanted: WantedChannel | null;
}

/** What the fields of one kind of channels come to: what is wrong with them, and the terms while nothing is. */
export interface ReadTerms {
  problems: Record<string, string>;
  limits?: Record<string, string | number>;
  terms: ChannelTerms;
}

/** What is known of a channel that is changed, so that its secrets may be left out. */
export interface KnownSecrets {
  /** Where they were good: anybody else is not given them. */
  host: string;
  hasPassword: boolean;
  proxy: KnownProxy | null;
}

/** The way to a bot, without its password. */
export interface KnownProxy {
  address: string;
  login: string;
  hasPassword: boolean;
}

/** A PEM with some certificates takes most of it. */
export const MAX_CHANNEL_FORM_BYTES = 128 * 1024;
