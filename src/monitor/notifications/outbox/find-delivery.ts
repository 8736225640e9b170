import type { Db } from "../../database/schema.ts";

/** Something in the outbox, with what was said so far of what it is about. */
export type Delivery = NonNullable<Awaited<ReturnType<typeof findDelivery>>>;

/** Finds what is still to be sent; null when that is done. */
export async function findDelivery(db: Db, id: number) {
  const row = await db
    .selectFrom("delivery")
    .leftJoin("message", "message.id", "delivery.message_id")
    .select(["delivery.id", "delivery.channel_id as channelId", "kind", "key"])
    .select(["message_id as messageId", "about_channel_id as aboutChannelId", "tried_at as triedAt"])
    .select(["message.incident_id as incidentId", "message.rule_id as ruleId", "message.said"])
    .select(["message.said_digest as saidDigest", "message.reference"])
    .where("delivery.id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}
