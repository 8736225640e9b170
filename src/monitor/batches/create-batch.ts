import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { actorColumns } from "../requests/request-columns.ts";
import type { ChosenPosServer } from "./choose.ts";
import type { BatchKind, BatchParams } from "./kinds.ts";

export interface NewBatch<Kind extends BatchKind = BatchKind> {
  kind: Kind;
  params: BatchParams[Kind];
  chosen: readonly ChosenPosServer[];
  /** How many of those that were chosen cannot be seen any more. */
  unseen: number;
}

const ITEMS_AT_ONCE = 500;

/** Queues it, with what is left out. @returns its id. */
export async function createBatch(
  db: Db,
  actor: Actor,
  { kind, params, chosen, unseen }: NewBatch,
  now: number,
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const { id: batchId } = await trx
      .insertInto("batch")
      .values({ kind, params: JSON.stringify(params), requestedAt: now, ...actorColumns(actor), unseen })
      .returning("id")
      .executeTakeFirstOrThrow();
    const items = chosen.map(({ id: posServerId, leftOut }, position) => ({
      batchId,
      posServerId,
      position,
      status: leftOut ? ("left_out" as const) : ("queued" as const),
      code: leftOut,
      finishedAt: leftOut ? now : null,
    }));
    for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
      await trx
        .insertInto("batchItem")
        .values(items.slice(at, at + ITEMS_AT_ONCE))
        .execute();
    }
    const begun = chosen.filter(({ leftOut }) => leftOut === null).length;
    const detail = [{ key: "batch" as const, values: { kind, id: batchId, count: begun } }];
    await recordEvent(trx, actor, { action: "batch", detail }, now);
    return batchId;
  });
}

/** What has not begun is left out; what goes on ends by itself. */
export async function stopBatch(db: Db, actor: Actor, id: number, now: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("batch")
      .set({ stoppedAt: now })
      .where("id", "=", id)
      .where("stoppedAt", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return;
    const left = await trx
      .updateTable("batchItem")
      .set({ status: "left_out", code: "stopped", finishedAt: now })
      .where("batchId", "=", id)
      .where("status", "=", "queued")
      .executeTakeFirst();
    const detail = [{ key: "batchStopped" as const, values: { id, count: Number(left.numUpdatedRows) } }];
    await recordEvent(trx, actor, { action: "batch_stop", detail }, now);
  });
}
