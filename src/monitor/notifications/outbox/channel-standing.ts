import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import { isFailing, pauseAfter } from "./next-try.ts";
import { queueNotice } from "./queue-delivery.ts";

/** Notes at `now` (ms UTC) that something got through a channel. */
export async function noteDelivered(trx: Db, id: number, now: number): Promise<void> {
  await trx.updateTable("channel").set({ delivered_at: now }).where("id", "=", id).execute();
  await tellThatItWorks(trx, id, now);
  await clearFailure(trx, id);
  await tellOfSilent(trx, now);
  // What goes by the same server may well be taken now.
  await trx.updateTable("channel").set({ retry_at: null }).where("via_id", "=", id).execute();
}

/** Forgets what a channel has failed by, since it is told by something else now; whoever was told that it fails is told so. */
export async function forgetFailure(trx: Db, id: number, now: number): Promise<void> {
  await tellThatItWorks(trx, id, now);
  await clearFailure(trx, id);
}

async function clearFailure(trx: Db, id: number): Promise<void> {
  const cleared = { retry_at: null, failing_since: null, failure_code: null, failure_detail: null };
  await trx
    .updateTable("channel")
    .set({ failed_tries: 0, failed_since: null, ...cleared })
    .where("id", "=", id)
    .where("failed_tries", ">", 0)
    .execute();
}

/**
 * Notes that a channel has failed; once it is called failing, another one tells of it.
 * @param isTest whether somebody has just tried it: then the first failure counts, and they know.
 */
export async function noteChannelFailure(
  trx: Db,
  id: number,
  { failure, detail, retryAfterMs }: OutgoingFailure,
  now: number,
  isTest = false,
): Promise<void> {
  const channel = await trx
    .selectFrom("channel")
    .select(["failed_tries as failedTries", "failed_since as failedSince", "failing_since as failingSince"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (!channel) return;
  const failedTries = channel.failedTries + 1;
  const retryAt = now + pauseAfter(failedTries, retryAfterMs);
  // What lies ahead was written while the clock was ahead.
  const failedSince = Math.min(channel.failedSince ?? now, now);
  const isFirst = channel.failingSince === null && (isTest || isFailing(failure, retryAt - failedSince));
  await trx
    .updateTable("channel")
    .set({
      ...{ failed_tries: failedTries, failed_since: failedSince, retry_at: retryAt },
      ...{ failure_code: failure, failure_detail: detail },
      ...(isFirst && { failing_since: now }),
    })
    .where("id", "=", id)
    .execute();
  if (isFirst && !isTest) await tellOfSilent(trx, now);
}

/**
 * Has others tell of channels that fail, as long as nobody could be told: of those of all one that works, and of those of a person another one
 * of theirs. Programs are told only where no people can be.
 */
async function tellOfSilent(trx: Db, now: number): Promise<void> {
  const untold = await trx
    .selectFrom("channel as silent")
    .innerJoin("channel as other", (join) =>
      join
        .onRef("other.user_id", "is", "silent.user_id")
        .on("other.is_enabled", "=", 1)
        .on("other.failing_since", "is", null),
    )
    .select(["silent.id", "other.id as otherId"])
    .where("silent.is_enabled", "=", 1)
    .where("silent.failing_since", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("delivery")
            .innerJoin("channel as teller", "teller.id", "delivery.channel_id")
            .select("delivery.id")
            .where("delivery.kind", "=", "channel")
            .whereRef("about_channel_id", "=", "silent.id")
            .whereRef("queued_at", ">=", "silent.failing_since")
            .where(({ or, and, eb }) =>
              or([
                eb("outcome", "=", "sent"),
                and([eb("finished_at", "is", null), eb("teller.failing_since", "is", null)]),
              ]),
            ),
        ),
      ),
    )
    .orderBy(sql`other.kind = 'webhook'`)
    .orderBy("other.id")
    .execute();
  for (const [id, [first]] of Map.groupBy(untold, (pair) => pair.id)) {
    if (first) await queueNotice(trx, { channelId: first.otherId, kind: "channel", aboutChannelId: id }, now);
  }
}

/** Whoever was told that it fails is told that it does not any more. */
async function tellThatItWorks(trx: Db, id: number, now: number): Promise<void> {
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
