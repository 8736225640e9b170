import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { actorOf, subjectOf, withBatchOf } from "../../requests/request-columns.ts";
import { type CommandFailure, failureParts } from "../commands/command-failure.ts";
import { enterStep } from "../database-resets/enter-step.ts";
import { findOpenReset } from "../database-resets/find-database-resets.ts";
import { type FoundStart, findOpenStart } from "./find-service-starts.ts";

const CANCELLED: CommandFailure = { code: "start_cancelled", detail: "" };

/**
 * Ends a start, by default in the name of who asked for it; a reset that waited for it goes on, or waits again if it
 * failed.
 */
export async function finishServiceStart(
  db: Db,
  start: FoundStart,
  failure: CommandFailure | null,
  now: number,
  actor: Actor = actorOf(start),
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("serviceStart")
      .set({
        status: failure ? "failed" : "done",
        failureCode: failure?.code ?? null,
        failureDetail: failure?.detail ?? null,
        finishedAt: now,
        // After a reset, the reset awaits the exchange.
        exchange: failure || start.databaseResetId !== null ? null : "awaited",
      })
      .where("id", "=", start.id)
      .where("finishedAt", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return;
    const result = failure ? "failed" : "done";
    const detail = failure && failureParts(failure);
    const event = { action: "service_start_end", result, ...subjectOf(start), detail } as const;
    await recordEvent(trx, await withBatchOf(trx, actor, "start", start.id), event, now);
    if (start.databaseResetId === null) return;
    const reset = await findOpenReset(trx, start.databaseResetId);
    if (reset?.step !== "starting") return;
    const step = failure ? "awaiting_start" : "awaiting_sync";
    await enterStep(trx, reset, { step, failure, actor }, now);
  });
}

/** Whether an agent that dials out has not got the command yet. */
export function isStartCancellable(
  start: Pick<FoundStart, "finishedAt" | "startedAt" | "expiresAt">,
): boolean {
  return start.finishedAt === null && start.expiresAt !== null && start.startedAt === null;
}

/** Cancels a start that its agent has not got yet. @returns false when it is too late. */
export async function cancelServiceStart(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const start = await findOpenStart(trx, id);
    if (!start || !isStartCancellable(start)) return false;
    await finishServiceStart(trx, start, CANCELLED, now, actor);
    return true;
  });
}
