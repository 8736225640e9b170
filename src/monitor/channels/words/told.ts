import type { SendOutcome } from "../../notifications/channels/channel.ts";
import type { ToldKind } from "../../plugins/told-once.ts";

/** What the page of a channel tells once. */
export type ChannelTold =
  | { kind: "made" /** The secret of a webhook that was made for it. */; secret: string | null }
  | { kind: "saved" | "switchedOn" | "switchedOff" | "ruleSaved" | "ruleRemoved" }
  | { kind: "tested"; outcome: SendOutcome }
  | { kind: "tooManyTests" };

export const CHANNEL_TOLD: ToldKind<ChannelTold> = { name: "channel" };

/** What the list of channels tells once. */
export type ListTold =
  | { kind: "removed"; name: string }
  | { kind: "unlinked" }
  | { kind: "noBot" }
  /** How somebody links their Telegram. @param link null = it is not known how the bot is called. */
  | { kind: "messengerCode"; code: string; link: string | null; expiresAt: number };

export const LIST_TOLD: ToldKind<ListTold> = { name: "channels" };
