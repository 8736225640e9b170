import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { cancelLogRequest } from "../../log-archives/cancel-log-request.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { type FoundReset, findOpenReset } from "./find-database-resets.ts";
import type { DatabaseResetStep } from "./step.ts";

const CANCELLABLE: readonly DatabaseResetStep[] = ["fetching_logs", "awaiting_decision"];

/** Whether nothing has been done to the database yet, nor is about to be, or an agent that dials out was not told. Pure. */
export function isCancellable({
  step,
  begunAt,
  expiresAt,
}: Pick<FoundReset, "step" | "begunAt" | "expiresAt">): boolean {
  return CANCELLABLE.includes(step) || (step === "resetting" && expiresAt !== null && begunAt === null);
}

/** `tooLate`: it has gone on, or is finished. `stoppedLogRequest`: the id of the request for its logs, which ended too. */
export type Cancellation = { isTooLate: true } | { isTooLate: false; stoppedLogRequest: number | null };

/** Ends a reset before it touches the database, and what it fetches first. */
export async function cancelReset(
  db: Db,
  actor: Actor,
  { id }: Pick<FoundReset, "id">,
  now: number,
): Promise<Cancellation> {
  return await db.transaction().execute(async (trx) => {
    const reset = await findOpenReset(trx, id);
    if (!reset || !isCancellable(reset)) return { isTooLate: true };
    const change = { step: "failed", failure: { code: "cancelled", detail: "" }, actor } as const;
    return { isTooLate: false, stoppedLogRequest: await endUnnotified(trx, reset, change, now) };
  });
}

/**
 * Ends a reset that touched nothing, and what it fetches first.
 * @returns the id of the request for its logs, if that ended too.
 */
export async function endUnnotified(
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

/** Logs that somebody else had asked for before are left to them. */
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
