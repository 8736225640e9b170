import type { Language } from "../../viewer/language.ts";
import type { ChannelKind } from "../channels/channel.ts";
import type { readChannels } from "./find-channels.ts";

export const MAX_SHARED_CHANNELS = 20;
/** Of one person. */
export const MAX_OWN_CHANNELS = 5;
export const MAX_CHANNEL_NAME_LENGTH = 80;

/** A channel as its pages show it, without what nobody is shown again; times in ms UTC. */
export type Channel = Awaited<ReturnType<typeof readChannels>>[number];

/** What a channel is to be. */
export interface WantedChannel {
  name: string;
  language: Language;
  /** IANA name. */
  timeZone: string;
  terms: ChannelTerms;
}

/** By what it sends, as it is stored. */
export interface ChannelTerms {
  kind: ChannelKind;
  settings: object;
  /** null = it has a server of its own. */
  viaId: number | null;
  /** Those that are left out stay as they are; null = they are those of another channel. */
  secrets: object | null;
}
