import type { Kysely } from "kysely";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import type { Channel } from "./channel.ts";
import { describeChannel } from "./describe-channel.ts";
import { countBelow } from "./find-channels.ts";

/** Removes a channel with its rules, and with those of single people that go through it. @returns false when it is gone already. */
export async function removeChannel(
  db: Kysely<Database>,
  actor: Actor,
  channel: Channel,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const { id, name: subject, ownerId, via } = channel;
    const below = await countBelow(trx, id);
    const { numDeletedRows } = await trx.deleteFrom("channel").where("id", "=", id).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    const detail = [...describeChannel({ ...channel, viaName: via?.name ?? null }, ownerId !== null)];
    if (below > 0) detail.push({ key: "channelsBelow", values: { count: below } });
    await recordEvent(trx, actor, { action: "channel_remove", subject, detail }, now);
    await lookAgainAtAll(trx);
    return true;
  });
}
