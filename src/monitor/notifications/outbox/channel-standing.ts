import { type Kysely, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { SendOutcome } from "../channels/channel.ts";
import { isFailing, pauseAfter } from "./next-try.ts";
import { queueNotice } from "./queue-delivery.ts";

/** Notes at `now` (ms UTC) that something got through a channel. */
export async function noteDelivered(trx: Kysely<Database>, id: number, now: number): Promise<void> {
  await trx.updateTable("channel").set({ delivered_at: now }).where("id", "=", id).execute();
  await tellThatItWorks(trx, id, now);
  await clearFailure(trx, id);
  // What goes by the same server may well be taken now.
  await trx.updateTable("channel").set({ retry_at: null }).where("via_id", "=", id).execute();
}

/** Forgets what a channel has failed by, since it is told by something else now; whoever was told that it fails is told so. */
export async function forgetFailure(trx: Kysely<Database>, id: number, now: number): Promise<void> {
  await tellThatItWorks(trx, id, now);
  await clearFailure(trx, id);
}

async function clearFailure(trx: Kysely<Database>, id: number): Promise<void> {
  await trx
    .updateTable("channel")
    .set({ failed_tries: 0, retry_at: null, failing_since: null, failure_code: null, failure_detail: null })
    .where("id", "=", id)
    .where("failed_tries", ">", 0)
    .execute();
}

/**
 * Notes that a channel has failed; once it is called failing, another one tells of it.
 * @param isTest whether somebody has just tried it: then the first failure counts, and they know.
 */
export async function noteChannelFailure(
  trx: Kysely<Database>,
  id: number,
  { failure, detail, retryAfterMs }: Extract<SendOutcome, { ok: false }>,
  now: number,
  isTest = false,
): Promise<void> {
  const channel = await trx
    .selectFrom("channel")
    .select(["failed_tries as failedTries", "failing_since as failingSince"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (!channel) return;
  const failedTries = channel.failedTries + 1;
  const isFirst = channel.failingSince === null && (isTest || isFailing(failure, failedTries));
  await trx
    .updateTable("channel")
    .set({
      ...{ failed_tries: failedTries, retry_at: now + pauseAfter(failedTries, retryAfterMs) },
      ...{ failure_code: failure, failure_detail: detail },
      ...(isFirst && { failing_since: now }),
    })
    .where("id", "=", id)
    .execute();
  if (isFirst && !isTest) await tellByAnother(trx, id, now);
}

/** One that works of those whom it would have told: of all, or of the same person. Programs are told only where no people can be. */
async function tellByAnother(trx: Kysely<Database>, id: number, now: number): Promise<void> {
  const other = await trx
    .selectFrom("channel as other")
    .innerJoin("channel as failing", (join) => join.on("failing.id", "=", id))
    .select("other.id")
    .whereRef("other.user_id", "is", sql.ref("failing.user_id"))
    .where("other.id", "!=", id)
    .where("other.is_enabled", "=", 1)
    .where("other.failing_since", "is", null)
    .orderBy(sql`other.kind = 'webhook'`)
    .orderBy("other.id")
    .limit(1)
    .executeTakeFirst();
  if (!other) return;
  await queueNotice(trx, { channelId: other.id, kind: "channel", aboutChannelId: id }, now);
}

/** Whoever was told that it fails is told that it does not any more. */
async function tellThatItWorks(trx: Kysely<Database>, id: number, now: number): Promise<void> {
  const told = await trx
    .selectFrom("delivery")
    .innerJoin("channel", "channel.id", "delivery.about_channel_id")
    .select("delivery.channel_id as channelId")
    .distinct()
    .where("about_channel_id", "=", id)
    .where("delivery.kind", "=", "channel")
    .where("outcome", "=", "sent")
    .whereRef("queued_at", ">=", "channel.failing_since")
    .execute();
  for (const { channelId } of told)
    await queueNotice(trx, { channelId, kind: "channel_works", aboutChannelId: id }, now);
}
