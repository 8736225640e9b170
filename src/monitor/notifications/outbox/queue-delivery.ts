import { randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import type { DeliveryTable } from "../../database/tables/notification-tables.ts";
import { isClaimed } from "../../requests/claims.ts";

type DeliveryKind = DeliveryTable["kind"];

/** Of which somebody is to hear. */
export const ALERTS: readonly DeliveryKind[] = ["opened", "reopened", "escalated", "repeated"];

/** What is not queued while one of these waits: that will say the same, and who has heard nothing yet hears of no return. */
const SPARED_BY: Partial<Record<DeliveryKind, readonly DeliveryKind[]>> = {
  changed: ["changed"],
  reopened: ALERTS,
  repeated: ALERTS,
};

/** What a channel is to be told of an incident by a message, or of another channel, not before `dueAt` (ms UTC). */
interface WantedDelivery {
  channelId: number;
  kind: DeliveryKind;
  messageId?: number;
  aboutChannelId?: number;
  dueAt?: number;
}

/** Puts something into the outbox at `now` (ms UTC). What it says is found when it is sent: the incident goes on meanwhile. */
export async function queueDelivery(trx: Db, wanted: WantedDelivery, now: number): Promise<void> {
  const { channelId, kind, messageId = null, aboutChannelId = null, dueAt = now } = wanted;
  const spared = await trx
    .selectFrom("delivery")
    .select("id")
    .where("messageId", "=", messageId)
    .where("kind", "in", SPARED_BY[kind] ?? [])
    .where("finishedAt", "is", null)
    .where(({ not }) => not(isClaimed()))
    .executeTakeFirst();
  if (spared) return;
  await trx
    .insertInto("delivery")
    .values({
      channelId,
      messageId,
      aboutChannelId,
      kind,
      key: randomUUID(),
      queuedAt: now,
      dueAt,
    })
    .execute();
}
