import { sql } from "kysely";
import { HOUR_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import type { FailureClass, OutgoingFailure } from "../../outgoing/failure.ts";
import { beginSentence, detailInWords } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { queueDelivery } from "./queue-delivery.ts";

/** The pause after the first, second, … failure in a row. */
const PAUSES_MS = [10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000];
/** Even if the other side asks for more. */
export const MOST_PAUSE_MS = HOUR_MS;
/** How long a channel may be without success before it counts as failing. */
const FAILS_AFTER_MS = { credentials: 0, recipient: 60_000, temporary: 60_000, wait: 600_000 };

/** @param retryAfterMs as the other side asks. @returns ms. */
export function pauseAfter(failedTries: number, retryAfterMs: number | null): number {
  const pause = PAUSES_MS[Math.min(failedTries, PAUSES_MS.length) - 1] ?? 0;
  return Math.min(Math.max(pause, retryAfterMs ?? 0), MOST_PAUSE_MS);
}

/** @param silentMs from the channel's first failure to the next try. */
export function isFailing(failure: FailureClass, silentMs: number): boolean {
  return silentMs >= FAILS_AFTER_MS[failure];
}

export async function noteDelivered(trx: Db, id: number, now: number): Promise<void> {
  await trx.updateTable("channel").set({ deliveredAt: now }).where("id", "=", id).execute();
  await forgetFailure(trx, id, now);
  await notifyOfSilentChannels(trx, now);
  // Its server may accept messages of other channels now, too.
  await trx.updateTable("channel").set({ retryAt: null }).where("viaId", "=", id).execute();
}

/** Clears the failure of a channel; channels that were notified of it are notified that it works. */
export async function forgetFailure(trx: Db, id: number, now: number): Promise<void> {
  const cleared = { retryAt: null, failingSince: null, failureCode: null, failureDetail: null };
  const { numUpdatedRows } = await trx
    .updateTable("channel")
    .set({ failedTries: 0, failedSince: null, ...cleared })
    .where("id", "=", id)
    .where("failedTries", ">", 0)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  const notices = await readNotices(trx, [{ id }]);
  const sent = notices(id).filter(({ outcome }) => outcome === "sent");
  for (const channelId of new Set(sent.map((notice) => notice.channelId)))
    await queueDelivery(trx, { channelId, kind: "channel_works", aboutChannelId: id }, now);
}

/** When the channel counts as failing, another one is notified. A test fails it at once, without notification. */
export async function noteFailure(trx: Db, id: number, why: OutgoingFailure, now: number, isTest = false) {
  const { failure, detail, retryAfterMs } = why;
  const channel = await trx.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
  if (!channel) return;
  const failedTries = channel.failedTries + 1;
  const retryAt = now + pauseAfter(failedTries, retryAfterMs);
  // A time in the future was written before the clock was turned back.
  const failedSince = Math.min(channel.failedSince ?? now, now);
  const isSilent = isTest || channel.failingSince !== null || isFailing(failure, retryAt - failedSince);
  await trx
    .updateTable("channel")
    .set({
      failedTries,
      failedSince,
      retryAt,
      failureCode: failure,
      failureDetail: detail,
      failingSince: isSilent ? Math.min(channel.failingSince ?? now, now) : null,
    })
    .where("id", "=", id)
    .execute();
  if (!isTest) await notifyOfSilentChannels(trx, now);
}

/** For each failing channel notifies a working one of the same owner, until that succeeds; webhooks come last. */
async function notifyOfSilentChannels(trx: Db, now: number) {
  const channels = await selectUsable(trx)
    .select(["channel.id", "channel.userId as ownerId", "channel.failingSince"])
    .orderBy(sql`channel.kind = 'webhook'`)
    .orderBy("channel.id")
    .execute();
  const working = channels.filter(({ failingSince }) => failingSince === null);
  const silent = channels.filter(({ failingSince }) => failingSince !== null);
  const works = (channelId: number) => working.some((other) => other.id === channelId);
  const notices = await readNotices(trx, silent);
  for (const { id, ownerId } of silent) {
    const own = notices(id);
    const waits = own.filter(({ outcome }) => outcome === null);
    if (own.some(({ outcome }) => outcome === "sent") || waits.some((one) => works(one.channelId))) continue;
    const refused = (by: number) => own.some((one) => one.channelId === by && one.outcome === "refused");
    const other = working.find((one) => one.ownerId === ownerId && !refused(one.id));
    if (other) await queueDelivery(trx, { channelId: other.id, kind: "channel", aboutChannelId: id }, now);
  }
}

/** Enabled channels, if the channel whose server they use is enabled too. */
export function selectUsable(db: Db) {
  return db
    .selectFrom("channel")
    .leftJoin("channel as via", "via.id", "channel.viaId")
    .where("channel.isEnabled", "=", 1)
    .where(({ eb, fn, ref, val }) => eb(fn.coalesce(ref("via.isEnabled"), val(1)), "=", 1));
}

/** The notifications of failing channels since the last one that they work, by order rather than time. */
async function readNotices(trx: Db, channels: readonly { id: number }[]) {
  const ids = channels.map(({ id }) => id);
  const notices = await trx
    .selectFrom("delivery")
    .select(["kind", "channelId", "aboutChannelId as aboutId", "outcome"])
    .where("aboutChannelId", "in", ids)
    .orderBy("id")
    .execute();
  const byChannel = Map.groupBy(notices, ({ aboutId }) => aboutId);
  return (id: number) => {
    const own = byChannel.get(id) ?? [];
    return own.slice(own.findLastIndex(({ kind }) => kind === "channel_works") + 1);
  };
}

/** Includes what the other side or the system said. */
export function failureInWords({ t }: Pick<Viewer, "t">, failure: FailureClass, detail: string): string {
  const words = t(`channelFailure.${failure}`);
  const said = detailInWords(t, detail);
  return detail === "" ? words : `${words} ${said === detail ? detail : beginSentence(said)}`;
}
