import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import type { Confirmation } from "../forms/field-model.ts";
import { readId } from "../forms/fields.ts";
import type { Rule } from "../notifications/rules/rule.ts";
import { type Channel, findChannel } from "../notifications/settings/find-channels.ts";
import { findRule, type RuleOwner } from "../notifications/settings/rules.ts";
import type { FlashKind } from "../plugins/flash.ts";
import { found } from "../plugins/found.ts";
import type channelTexts from "../translations/ru/channels.json";
import { atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

export const ACCESS = { config: { access: "outlet_setup" } } as const;

export type AskedRequest = FastifyRequest<{ Params: { id: string; rule?: string } }>;

/** The channel of an address, the organizations that its rules may be about, and the rule of the address (null = none). */
export interface AskedChannel extends RuleOwner {
  channel: Channel;
  rule: Rule | null;
}

/** @throws NotFoundError also when the user may not see it. */
export async function askedChannel(db: Db, request: AskedRequest): Promise<AskedChannel> {
  const { id, rule: ruleId } = request.params;
  const channel = found(await findChannel(db, request.signedInUser(), readId(id) ?? 0));
  const rule = ruleId === undefined ? null : found(await findRule(db, channel.id, readId(ruleId) ?? 0));
  // A channel of one's own is seen by its owner only.
  return { channel, rule, access: channel.ownerId === null ? "all" : request.viewer.organizations };
}

export async function askToRemove(reply: FastifyReply, removal: Omit<Confirmation, "isDanger">) {
  return await reply.dialogPage("forms/confirmation", { ...removal, isDanger: true, section: "settings" });
}

export const CHANNELS_URL = "/channels";

export function channelUrl(id: number): string {
  return `${CHANNELS_URL}/${id}`;
}

type Notice = { text: string; isProblem: boolean; secret: string };
/** Shown once. `secret`: of a new webhook, else empty. */
export const NOTICE: FlashKind<Notice> = { name: "channels" };

type NoticeKey = keyof (typeof channelTexts)["channels"]["notice"];
const PROBLEMS: readonly NoticeKey[] = ["tooManyTests", "testFailed", "noBot"];

/** The page shows `channels.notice.<key>` once. */
export function leadWithNotice(
  reply: FastifyReply,
  url: string,
  key: NoticeKey,
  values: Record<string, string> = {},
) {
  const { secret = "", ...rest } = values;
  const text = reply.request.viewer.t(`channels.notice.${key}`, rest);
  return reply.flash(url, NOTICE, { text, isProblem: PROBLEMS.includes(key), secret });
}

export function standingInWords({ t, format }: Viewer, channel: Channel, now: number) {
  const { isEnabled, via, failed, deliveredAt } = channel;
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
