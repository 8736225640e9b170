import type { ChannelFailure } from "../../notifications/channels/channel.ts";
import type { Channel, ChannelPlace } from "../../notifications/registry/channel.ts";
import { atTime } from "../../viewer/at-time.ts";
import type { Viewer } from "../../viewer/viewer.ts";

type Words = Pick<Viewer, "t" | "format">;

const NAMED_RECIPIENTS = 2;

/** How a channel stands: with a sign of its own for each. */
export interface ChannelStanding {
  state: "works" | "failing" | "off" | "unused";
  text: string;
}

/** Says how a channel stands at `now` (ms UTC). */
export function standingInWords(
  { t, format }: Words,
  { isEnabled, via, failing, deliveredAt }: Channel,
  now: number,
): ChannelStanding {
  if (!isEnabled) return { state: "off", text: t("channels.standing.off") };
  if (via && !via.isEnabled) return { state: "off", text: t("channels.standing.viaOff", { name: via.name }) };
  if (failing) {
    const time = format.clock(failing.since, now);
    const failure = t(`channelFailure.${failing.failure}`);
    return { state: "failing", text: t("channels.standing.failing", { time, failure }) };
  }
  if (deliveredAt === null) return { state: "unused", text: t("channels.standing.unused") };
  const when = atTime({ t, format }, deliveredAt, now);
  return { state: "works", text: t("channels.standing.works", { when }) };
}

/** Names whom a channel reaches: addresses, a chat, or where a webhook leads without its path, which may be a secret. */
export function reachInWords({ t }: Pick<Viewer, "t">, place: ChannelPlace): string {
  if (place.kind === "webhook") return URL.parse(place.target.url)?.host ?? "";
  if (place.kind === "telegram") {
    const { chatId, topicId } = place.target;
    if (place.server === null) return t("channels.reach.person");
    return topicId === null
      ? t("channels.reach.chat", { chatId })
      : t("channels.reach.topic", { chatId, topicId: String(topicId) });
  }
  if (place.kind === "max")
    return place.server === null
      ? t("channels.reach.person")
      : t("channels.reach.chat", { chatId: place.target.chatId });
  if (place.kind === "push") return t("push.reach", { host: URL.parse(place.target.endpoint)?.host ?? "" });
  const { to } = place.target;
  const named = to.length > NAMED_RECIPIENTS + 1 ? to.slice(0, NAMED_RECIPIENTS) : to;
  const others = to.length - named.length;
  return [...named, ...(others > 0 ? [t("channels.reach.others", { others })] : [])].join(", ");
}

/** What kept a message from getting through, and what the other side or the system said of it. */
export function failureInWords({ t }: Pick<Viewer, "t">, failure: ChannelFailure, detail: string): string {
  const words = t(`channelFailure.${failure}`);
  return detail === "" ? words : `${words} ${detail}`;
}
