import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";

/** What a channel was told, or is to be told; times in ms UTC. */
export type ListedDelivery = Awaited<ReturnType<typeof listDeliveries>>[number];

/** Lists the last of them, newest first; changes that were none are left out. */
export async function listDeliveries(db: Kysely<Database>, channelId: number, limit: number) {
  return await db
    .selectFrom("delivery")
    .leftJoin("message", "message.id", "delivery.message_id")
    .leftJoin("channel as about", "about.id", "delivery.about_channel_id")
    .select(["delivery.id", "delivery.kind", "queued_at as queuedAt", "due_at as dueAt", "attempts"])
    .select(["finished_at as finishedAt", "outcome", "claimed_until as claimedUntil"])
    .select(["delivery.failure_code as failure", "delivery.failure_detail as failureDetail"])
    .select(["message.incident_id as incidentId", "about.name as aboutName"])
    .where("delivery.channel_id", "=", channelId)
    .where(({ or, eb }) => or([eb("delivery.kind", "!=", "changed"), eb("outcome", "=", "sent")]))
    .orderBy("delivery.id", "desc")
    .limit(limit)
    .execute();
}
