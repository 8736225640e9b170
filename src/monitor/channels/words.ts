import type { SendOutcome } from "../notifications/channels/channel.ts";
import type { Channel } from "../notifications/registry/channel.ts";
import { KINDS } from "../notifications/sending/kinds.ts";
import type { ToldKind } from "../plugins/told-once.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

type Words = Pick<Viewer, "t" | "format">;

/** How a channel stands: with a sign of its own for each. */
export interface ChannelStanding {
  state: "works" | "failing" | "off" | "unused";
  text: string;
}

/** Says how a channel stands at `now` (ms UTC). */
export function standingInWords(
  { t, format }: Words,
  { isEnabled, via, failed, deliveredAt }: Channel,
  now: number,
): ChannelStanding {
  if (!isEnabled) return { state: "off", text: t("channels.standing.off") };
  if (via && !via.isEnabled) return { state: "off", text: t("channels.standing.viaOff", { name: via.name }) };
  if (failed) {
    const failure = t(`channelFailure.${failed.failure}`);
    if (failed.since === null) return { state: "unused", text: t("channels.standing.trying", { failure }) };
    const time = format.clock(failed.since, now);
    return { state: "failing", text: t("channels.standing.failing", { time, failure }) };
  }
  if (deliveredAt === null) return { state: "unused", text: t("channels.standing.unused") };
  const when = atTime({ t, format }, deliveredAt, now);
  return { state: "works", text: t("channels.standing.works", { when }) };
}

/** Names whom a channel reaches: addresses, a chat, or where a webhook leads without its path, which may be a secret. */
export function reachInWords(words: Pick<Viewer, "t">, { kind, settings, via }: Channel): string {
  return KINDS[kind].reach(words, settings, via !== null);
}

export const CHANNELS_URL = "/channels";
export const ACCOUNTS_URL = `${CHANNELS_URL}/messenger-accounts`;

/** The page of a channel. */
export function channelUrl(id: number): string {
  return `${CHANNELS_URL}/${id}`;
}

/** The page of a rule of a channel. */
export function ruleUrl(channelId: number, ruleId: number): string {
  return `${channelUrl(channelId)}/rules/${ruleId}`;
}

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
