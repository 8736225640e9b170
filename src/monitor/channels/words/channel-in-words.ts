import type { Channel } from "../../notifications/registry/channel.ts";
import { KINDS } from "../../notifications/sending/kinds.ts";
import { atTime } from "../../viewer/at-time.ts";
import type { Viewer } from "../../viewer/viewer.ts";

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
