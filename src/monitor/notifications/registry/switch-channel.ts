import type { Kysely } from "kysely";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";
import type { Channel } from "./channel.ts";

/** Switches a channel on or off; one that is as it is wanted stays so. */
export async function switchChannel(
  db: Kysely<Database>,
  actor: Actor,
  { id, name: subject }: Pick<Channel, "id" | "name">,
  isEnabled: boolean,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("channel")
      .set({ is_enabled: Number(isEnabled), retry_at: null })
      .where("id", "=", id)
      .where("is_enabled", "!=", Number(isEnabled))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return;
    const values = { field: "isEnabled", before: !isEnabled, after: isEnabled } as const;
    const detail = [{ key: "channelChange", values } as const];
    await recordEvent(trx, actor, { action: "channel_change", subject, detail }, now);
    await lookAgainAtAll(trx);
  });
}
