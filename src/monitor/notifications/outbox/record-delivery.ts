import type { Db } from "../../database/schema.ts";
import type { DeliveryTable } from "../../database/tables/notification-tables.ts";
import { inTransaction } from "../../database/transaction.ts";
import type { SendOutcome } from "../channels/channel.ts";
import { noteChannelFailure, noteDelivered } from "./channel-standing.ts";
import type { Composed } from "./compose-other.ts";
import type { Delivery } from "./find-delivery.ts";

type Sent = Extract<Composed, { message: unknown }>;

/** Ends something in the outbox at `now` (ms UTC). */
export async function recordOutcome(
  db: Db,
  id: number,
  outcome: NonNullable<DeliveryTable["outcome"]>,
  now: number,
): Promise<void> {
  await db.updateTable("delivery").set({ outcome, finished_at: now }).where("id", "=", id).execute();
}

/**
 * Records how sending something ended. What failed is tried again; what the receiver has refused is given up once something else got through
 * meanwhile: it lies in the message.
 */
export async function recordDelivery(
  db: Db,
  delivery: Delivery,
  sent: Sent,
  outcome: SendOutcome,
  now: number,
): Promise<void> {
  const { id, channelId, triedAt } = delivery;
  await inTransaction(db, async (trx) => {
    await countTry(trx, id, outcome, now);
    if (outcome.ok) {
      await recordOutcome(trx, id, "sent", now);
      await noteSaid(trx, delivery, sent, outcome.reference, now);
      await noteDelivered(trx, channelId, now);
      return;
    }
    const isRefusedAgain = outcome.failure === "recipient" && triedAt !== null;
    if (isRefusedAgain && (await hasDeliveredSince(trx, channelId, triedAt)))
      return await recordOutcome(trx, id, "refused", now);
    await noteChannelFailure(trx, channelId, outcome, now);
  });
}

async function countTry(trx: Db, id: number, outcome: SendOutcome, now: number): Promise<void> {
  await trx
    .updateTable("delivery")
    .set(({ eb, ref }) => ({
      attempts: eb(ref("attempts"), "+", 1),
      tried_at: now,
      failure_code: outcome.ok ? null : outcome.failure,
      failure_detail: outcome.ok ? null : outcome.detail,
    }))
    .where("id", "=", id)
    .execute();
}

async function hasDeliveredSince(trx: Db, channelId: number, since: number): Promise<boolean> {
  const channel = await trx
    .selectFrom("channel")
    .select("id")
    .where("id", "=", channelId)
    .where("delivered_at", ">", since)
    .executeTakeFirst();
  return channel !== undefined;
}

async function noteSaid(
  trx: Db,
  { messageId }: Delivery,
  { message, says, digest }: Sent,
  reference: string | null,
  now: number,
): Promise<void> {
  if (messageId === null || says === null) return;
  await trx
    .updateTable("message")
    .set({ said: says, said_digest: digest, said_at: now, reference: reference ?? message.reference })
    .where("id", "=", messageId)
    .execute();
}
