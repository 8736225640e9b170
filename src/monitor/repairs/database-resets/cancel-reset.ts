import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { cancelLogRequest } from "../../log-archives/cancel-log-request.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { type FoundReset, findOpenReset } from "./find-database-resets.ts";
import type { DatabaseResetStep } from "./step.ts";

const CANCELLABLE: readonly DatabaseResetStep[] = ["fetching_logs", "awaiting_decision"];

/** The database is not touched nor about to be, or the agent has not got the command. */
export function isCancellable(reset: Pick<FoundReset, "step" | "begunAt" | "expiresAt">): boolean {
  const { step, begunAt, expiresAt } = reset;
  return CANCELLABLE.includes(step) || (step === "resetting" && expiresAt !== null && begunAt === null);
}

/**
 * Ends a reset before it touches the database.
 * @returns null when it is too late; else `logRequestId`: the request for its logs that ended too, if any.
 */
export async function cancelReset(db: Db, actor: Actor, id: number, now: number) {
  return await db.transaction().execute(async (trx) => {
    const reset = await findOpenReset(trx, id);
    if (!reset || !isCancellable(reset)) return null;
    const change = { step: "failed", failure: { code: "cancelled", detail: "" }, actor } as const;
    return { logRequestId: await endUntouched(trx, reset, change, now) };
  });
}

/** @returns the id of the request for its logs, if that ended too. */
export async function endUntouched(
  db: Db,
  reset: FoundReset,
  change: StepChange,
  now: number,
): Promise<number | null> {
  return await inTransaction(db, async (trx) => {
    if (!(await enterStep(trx, reset, change, now))) return null;
    return await stopFetching(trx, change.actor ?? actorOf(reset), reset, now);
  });
}

/** Cancels the request for the logs, unless somebody else had asked for them. */
async function stopFetching(trx: Db, actor: Actor, reset: FoundReset, now: number): Promise<number | null> {
  const own = await trx
    .selectFrom("logRequest")
    .select("id")
    .where("id", "=", reset.logRequestId)
    .where("requestedAt", ">=", reset.requestedAt)
    .where("userLogin", "=", reset.userLogin)
    .executeTakeFirst();
  if (!own) return null;
  const isStopped = await cancelLogRequest(trx, actor, { ...reset, id: own.id }, now);
  return isStopped ? own.id : null;
}
