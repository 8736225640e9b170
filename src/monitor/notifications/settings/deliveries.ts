import type { Db } from "../../database/schema.ts";
import { isClaimed } from "../../requests/claims.ts";

export type ListedDelivery = Awaited<ReturnType<typeof listDeliveries>>[number];

/** The notifications of a channel, sent or waiting, newest first; edits only if they were sent. */
export async function listDeliveries(db: Db, channelId: number, limit: number) {
  return await db
    .selectFrom("delivery")
    .leftJoin("message", "message.id", "delivery.messageId")
    .leftJoin("channel as about", "about.id", "delivery.aboutChannelId")
    .select(["delivery.kind", "queuedAt", "attempts"])
    .select(["finishedAt", "outcome", isClaimed().as("isClaimed")])
    .select(["delivery.failureCode as failure", "delivery.failureDetail"])
    .select(["message.incidentId", "about.name as aboutName"])
    .where("delivery.channelId", "=", channelId)
    .where(({ or, eb }) => or([eb("delivery.kind", "!=", "changed"), eb("outcome", "=", "sent")]))
    .orderBy("delivery.id", "desc")
    .limit(limit)
    .execute();
}

export type IncidentNotification = Awaited<ReturnType<typeof listNotifications>>[number];

/** The notifications of an incident by shared channels and by those of the user, newest first. */
export async function listNotifications(db: Db, incidentId: number, userId: number, limit: number) {
  return await db
    .selectFrom("delivery")
    .innerJoin("message", "message.id", "delivery.messageId")
    .innerJoin("channel", "channel.id", "delivery.channelId")
    .select(["delivery.id", "channel.name as channelName", "queuedAt"])
    .select(["finishedAt", "outcome", "attempts"])
    .where("message.incidentId", "=", incidentId)
    .where("delivery.kind", "not in", ["changed", "closed"])
    .where(({ or, eb }) => or([eb("channel.userId", "is", null), eb("channel.userId", "=", userId)]))
    .orderBy("delivery.id", "desc")
    .limit(limit)
    .execute();
}
