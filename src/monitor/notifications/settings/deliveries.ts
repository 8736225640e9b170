import type { Db } from "../../database/schema.ts";
import { isClaimed } from "../../requests/claims.ts";

export type ListedDelivery = Awaited<ReturnType<typeof listDeliveries>>[number];

/** Lists what a channel was told last, or is to be told, newest first; changes that were none are left out. */
export async function listDeliveries(db: Db, channelId: number, limit: number) {
  return await db
    .selectFrom("delivery")
    .leftJoin("message", "message.id", "delivery.message_id")
    .leftJoin("channel as about", "about.id", "delivery.about_channel_id")
    .select(["delivery.id", "delivery.kind", "queued_at as queuedAt", "due_at as dueAt", "attempts"])
    .select(["finished_at as finishedAt", "outcome", isClaimed().as("isClaimed")])
    .select(["delivery.failure_code as failure", "delivery.failure_detail as failureDetail"])
    .select(["message.incident_id as incidentId", "about.name as aboutName"])
    .where("delivery.channel_id", "=", channelId)
    .where(({ or, eb }) => or([eb("delivery.kind", "!=", "changed"), eb("outcome", "=", "sent")]))
    .orderBy("delivery.id", "desc")
    .limit(limit)
    .execute();
}

export type IncidentNotification = Awaited<ReturnType<typeof listNotifications>>[number];

/** Lists by which channels an incident was told, the last ones first: by those of all, and by those of whoever asks. */
export async function listNotifications(db: Db, incidentId: number, userId: number, limit: number) {
  return await db
    .selectFrom("delivery")
    .innerJoin("message", "message.id", "delivery.message_id")
    .innerJoin("channel", "channel.id", "delivery.channel_id")
    .select(["delivery.id", "channel.name as channelName", "queued_at as queuedAt"])
    .select(["finished_at as finishedAt", "outcome", "attempts"])
    .where("message.incident_id", "=", incidentId)
    .where("delivery.kind", "not in", ["changed", "closed"])
    .where(({ or, eb }) => or([eb("channel.user_id", "is", null), eb("channel.user_id", "=", userId)]))
    .orderBy("delivery.id", "desc")
    .limit(limit)
    .execute();
}
