import type { Updateable } from "kysely";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import type { DatabaseResetTable } from "../../database/tables/request-tables.ts";
import { inTransaction } from "../../database/transaction.ts";
import { actorOf, subjectOf } from "../../requests/request-columns.ts";
import { type CommandFailure, failureParts } from "../commands/command-failure.ts";
import { restoredParts } from "../commands/restored-exchange.ts";
import type { FoundReset } from "./find-database-resets.ts";
import type { DatabaseResetStep } from "./step.ts";

export interface StepChange {
  step: DatabaseResetStep;
  /** Why it failed, or what delays it. */
  failure?: CommandFailure | null;
  /** Why there are no logs. */
  logFailure?: CommandFailure | null;
  known?: Pick<
    Updateable<DatabaseResetTable>,
    "resetAt" | "movedFiles" | "movedBytes" | "syncedAt" | "runsAt" | "logRequestId" | "expiresAt"
  >;
  /** Who decided; by default who asked for the reset. */
  actor?: Actor;
}

/**
 * Writes the next step to the row, the list of steps and the audit log.
 * @returns false when the reset has left its step meanwhile.
 */
export async function enterStep(
  db: Db,
  reset: FoundReset,
  change: StepChange,
  now: number,
): Promise<boolean> {
  const { step, failure = null, known = {} } = change;
  const isFinished = step === "done" || step === "failed";
  return await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("databaseReset")
      .set({
        step,
        stepAt: now,
        commandStep: null,
        waitsSince: null,
        failureCode: failure?.code ?? null,
        failureDetail: failure?.detail ?? null,
        ...known,
        ...(isFinished && { finishedAt: now }),
      })
      .where("id", "=", reset.id)
      .where("step", "=", reset.step)
      .where("stepAt", "=", reset.stepAt)
      .where("finishedAt", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return false;
    const detail = failure && [failure.code, failure.detail].filter(Boolean).join(": ");
    await trx
      .insertInto("databaseResetStep")
      .values({ databaseResetId: reset.id, step, at: now, detail })
      .execute();
    await recordStep(trx, reset, change, now);
    return true;
  });
}

async function recordStep(
  trx: Db,
  reset: FoundReset,
  { step, failure = null, logFailure = null, known, actor = actorOf(reset) }: StepChange,
  now: number,
): Promise<void> {
  const subject = subjectOf(reset);
  const failed = failure ? failureParts(failure) : [];
  const noLogs: AuditDetail = logFailure ? [{ key: "logFailure", values: logFailure }] : [];
  if (step === "done") {
    const detail = restoredParts(known?.runsAt ?? reset.stepAt, known?.syncedAt ?? now);
    await recordEvent(trx, actor, { action: "database_reset_end", ...subject, detail }, now);
  } else if (step === "failed") {
    const event = { action: "database_reset_end", result: "failed", ...subject, detail: failed } as const;
    await recordEvent(trx, actor, event, now);
  } else {
    const detail: AuditDetail = [{ key: "resetStep", values: { step } }, ...failed, ...noLogs];
    await recordEvent(trx, actor, { action: "database_reset_step", ...subject, detail }, now);
  }
}
