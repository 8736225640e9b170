import type { Db } from "../../database/schema.ts";
import { queueNotice } from "../outbox/queue-delivery.ts";

/** More single incidents within this time are told as one: nobody reads three hundred messages. */
const MOST_MESSAGES = 10;
const WITHIN_MS = 10 * 60_000;

/** Whether a channel has been told of as many incidents within ten minutes before `now` (ms UTC) as somebody reads. */
export async function isCrowded(trx: Db, channelId: number, now: number): Promise<boolean> {
  const { told } = await trx
    .selectFrom("message")
    .select(({ fn }) => fn.countAll<number>().as("told"))
    .where("channel_id", "=", channelId)
    .where("told_at", ">", now - WITHIN_MS)
    .where("told_at", "<=", now)
    .executeTakeFirstOrThrow();
  return told >= MOST_MESSAGES;
}

/** Says once that there are more incidents. @returns when to look again whether those that wait are to be told still, ms UTC. */
export async function summUp(trx: Db, channelId: number, now: number): Promise<number> {
  const summary = await trx
    .selectFrom("delivery")
    .select("id")
    .where("channel_id", "=", channelId)
    .where("kind", "=", "summary")
    .where("queued_at", ">", now - WITHIN_MS)
    .where("queued_at", "<=", now)
    .executeTakeFirst();
  if (!summary) await queueNotice(trx, { channelId, kind: "summary", aboutChannelId: null }, now);
  return now + WITHIN_MS / MOST_MESSAGES;
}
