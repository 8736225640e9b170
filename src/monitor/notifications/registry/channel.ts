import type { FailureClass } from "../../outgoing/failure.ts";
import type { Language } from "../../viewer/language.ts";
import type { ChannelKind } from "../channels/channel.ts";

export const MAX_SHARED_CHANNELS = 20;
/** Of one person. */
export const MAX_OWN_CHANNELS = 5;
export const MAX_CHANNEL_NAME_LENGTH = 80;

/** A channel as its pages show it, without what nobody is shown again; times in ms UTC. */
export interface Channel {
  id: number;
  kind: ChannelKind;
  name: string;
  /** Whose it is; null = of all. */
  ownerId: number | null;
  /** The channel of all whose server it uses; null = it has its own. */
  via: { id: number; name: string; isEnabled: boolean } | null;
  /** Server and target side by side as its kind has them; only the target where it goes by another channel. */
  settings: object;
  language: Language;
  timeZone: string;
  isEnabled: boolean;
  /** Why the last message did not get through; `since` when it is called failing, null = not yet. */
  failed: { since: number | null; failure: FailureClass; detail: string } | null;
  /** When something got through last; null = nothing has. */
  deliveredAt: number | null;
  rules: number;
}

/** What a channel is to be. */
export interface WantedChannel {
  name: string;
  language: Language;
  /** IANA name. */
  timeZone: string;
  terms: ChannelTerms;
}

/** By what it sends, as it is stored. */
export interface ChannelTerms extends Pick<Channel, "kind" | "settings"> {
  /** null = it has a server of its own. */
  viaId: number | null;
  /** Those that are left out stay as they are; null = they are those of another channel. */
  secrets: object | null;
}
