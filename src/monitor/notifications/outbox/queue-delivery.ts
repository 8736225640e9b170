import { randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import type { DeliveryTable } from "../../database/tables/notification-tables.ts";
import { isClaimed } from "../../requests/claims.ts";
import type { MessageText } from "../channels/message.ts";

type DeliveryKind = DeliveryTable["kind"];

/** Notifications that are to be noticed. */
export const ALERTS: readonly DeliveryKind[] = ["opened", "reopened", "escalated", "repeated"];

/** A kind is not queued while one of these waits, which will say the same. */
const SPARED_BY: Partial<Record<DeliveryKind, readonly DeliveryKind[]>> = {
  changed: ["changed"],
  reopened: ALERTS,
  repeated: ALERTS,
};

/** About an incident (`messageId`) or another channel; not sent before `dueAt` (ms UTC). */
interface WantedDelivery {
  channelId: number;
  kind: DeliveryKind;
  messageId?: number;
  aboutChannelId?: number;
  dueAt?: number;
  /** Of a report: what is past does not change any more. */
  text?: MessageText;
}

/** The text is otherwise written only when it is sent, since the incident goes on. */
export async function queueDelivery(trx: Db, wanted: WantedDelivery, now: number): Promise<void> {
  const { channelId, kind, messageId = null, aboutChannelId = null, dueAt = now, text } = wanted;
  const spared = await trx
    .selectFrom("delivery")
    .select("id")
    .where("messageId", "=", messageId)
    .where("kind", "in", SPARED_BY[kind] ?? [])
    .where("finishedAt", "is", null)
    .where(({ not }) => not(isClaimed()))
    .executeTakeFirst();
  if (spared) return;
  const delivery = { channelId, messageId, aboutChannelId, kind, key: randomUUID(), queuedAt: now, dueAt };
  const written = text ? JSON.stringify(text) : null;
  await trx
    .insertInto("delivery")
    .values({ ...delivery, text: written })
    .execute();
}
