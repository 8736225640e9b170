import type { FastifyReply } from "fastify";
import type { Channel } from "../notifications/registry/channel.ts";
import type { ToldKind } from "../plugins/told-once.ts";
import type { ru } from "../translations/catalogs.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

export const CHANNELS_URL = "/channels";

export function channelUrl(id: number): string {
  return `${CHANNELS_URL}/${id}`;
}

/** What the list of channels, or the page of one, says once; the secret is that which was made for a webhook. */
export const TOLD: ToldKind<{ text: string; isProblem: boolean; secret: string | null }> = {
  name: "channels",
};

type ToldKey = keyof (typeof ru)["channels"]["told"];
const PROBLEMS: readonly ToldKey[] = ["tooManyTests", "testFailed", "noBot"];

/** Leads to a page of channels, which says once how something ended: `channels.told.<key>`. */
export function tell(
  reply: FastifyReply,
  url: string,
  key: ToldKey,
  values: Record<string, string> = {},
  secret: string | null = null,
): FastifyReply {
  const text = reply.request.viewer.t(`channels.told.${key}`, values);
  return reply.tellOnce(url, TOLD, { text, isProblem: PROBLEMS.includes(key), secret });
}

/** Says how a channel stands at `now` (ms UTC). */
export function standingInWords(
  { t, format }: Viewer,
  { isEnabled, via, failed, deliveredAt }: Channel,
  now: number,
): { state: "works" | "failing" | "off" | "unused"; text: string } {
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
