import { randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import { isClaimed } from "../../requests/claims.ts";
import type { TellingKind } from "../channels/message.ts";

/** What changes is told twice a minute at most. */
const CHANGES_EVERY_MS = 30_000;

/** Of which somebody is to hear. */
const ALERTS = ["opened", "reopened", "escalated", "repeated"] as const;

/** Something that a channel is to be told of an incident. */
export interface WantedDelivery {
  channelId: number;
  messageId: number;
  kind: Exclude<TellingKind, "test" | "channel" | "channel_works" | "summary">;
}

/** Puts something into the outbox. What it says is found when it is sent, so that of several changes that wait one is enough. */
export async function queueDelivery(
  trx: Db,
  { channelId, messageId, kind }: WantedDelivery,
  now: number,
): Promise<void> {
  if (kind === "changed" && (await isQueued(trx, messageId, ["changed"]))) return;
  // Who has heard nothing yet is not reminded.
  if (kind === "repeated" && (await isQueued(trx, messageId, ALERTS))) return;
  const dueAt = kind === "changed" ? await findChangeTime(trx, messageId, now) : now;
  await insertDelivery(trx, { channelId, messageId, kind, dueAt }, now);
}

/** Puts something into the outbox that is about many incidents, or about another channel. */
export async function queueNotice(
  trx: Db,
  notice: { channelId: number; kind: "summary" | "channel" | "channel_works"; aboutChannelId: number | null },
  now: number,
): Promise<void> {
  await insertDelivery(trx, { ...notice, dueAt: now }, now);
}

interface NewDelivery {
  channelId: number;
  messageId?: number | null;
  aboutChannelId?: number | null;
  kind: Exclude<TellingKind, "test">;
  dueAt: number;
}

async function insertDelivery(
  trx: Db,
  { channelId, messageId = null, aboutChannelId = null, kind, dueAt }: NewDelivery,
  now: number,
): Promise<void> {
  await trx
    .insertInto("delivery")
    .values({
      ...{ channel_id: channelId, message_id: messageId, about_channel_id: aboutChannelId, kind },
      ...{ key: randomUUID(), queued_at: now, due_at: dueAt },
    })
    .execute();
}

async function isQueued(
  trx: Db,
  messageId: number,
  kinds: readonly WantedDelivery["kind"][],
): Promise<boolean> {
  const queued = await trx
    .selectFrom("delivery")
    .select("id")
    .where("message_id", "=", messageId)
    .where("kind", "in", kinds)
    .where("finished_at", "is", null)
    .where(({ not }) => not(isClaimed()))
    .executeTakeFirst();
  return queued !== undefined;
}

async function findChangeTime(trx: Db, messageId: number, now: number): Promise<number> {
  const { saidAt } = await trx
    .selectFrom("message")
    .select("said_at as saidAt")
    .where("id", "=", messageId)
    .executeTakeFirstOrThrow();
  return saidAt === null || saidAt > now ? now : Math.max(now, saidAt + CHANGES_EVERY_MS);
}
