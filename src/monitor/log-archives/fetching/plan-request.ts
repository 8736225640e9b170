import type { Db } from "../../database/schema.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome, StatusOutcome } from "../../pos-client/client.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import { periodByItsClock, readItsClock } from "../../restaurants/pos-server-clock.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { addLeftOut } from "../outcome/stored-files.ts";
import type { RunningRequest } from "./begin-request.ts";
import { type ArchivePlan, planArchives } from "./plan-archives.ts";
import { type WorkContext, withRetries } from "./work-context.ts";

type GoodStatus = Extract<StatusOutcome, { ok: true }>;

/** @throws ArchiveError when it does not answer. */
export async function checkPosServer(
  context: WorkContext,
  posServer: PosServer,
  signal: AbortSignal,
): Promise<GoodStatus> {
  return await ask(context, () => whileWanted(context.client.fetchStatus(posServer), signal), signal);
}

/** Lists the logs of the period and stores which archives will be fetched. @throws ArchiveError */
export async function planRequest(
  context: WorkContext,
  request: RunningRequest,
  posServer: PosServer,
  status: GoodStatus,
  signal: AbortSignal,
): Promise<void> {
  const period = periodByItsClock(request, status.receivedAt - Date.parse(status.report.time));
  const { db, client } = context;
  const { value: listed } = await ask(context, () => client.listLogs(posServer, period, signal), signal);
  const utcOffsetMinutes =
    status.report.utcOffsetMinutes ?? (await readItsClock(db, request.posServerId)).utcOffsetMinutes ?? 0;
  const plan = planArchives(listed, { maxBytes: request.maxBytes, utcOffsetMinutes });
  signal.throwIfAborted();
  await storePlan(db, request.id, plan);
}

async function ask<Outcome extends StatusOutcome | CallOutcome<unknown>>(
  { timing }: WorkContext,
  call: () => Promise<Outcome>,
  signal: AbortSignal,
): Promise<Extract<Outcome, { ok: true }>> {
  const attempt = async () => {
    const outcome = await call();
    if (!outcome.ok) throw new ArchiveError(outcome.failure.code, outcome.failure.detail);
    return outcome as Extract<Outcome, { ok: true }>;
  };
  return await withRetries(attempt, { pausesMs: timing.retryPausesMs, signal });
}

async function storePlan(db: Db, id: number, plan: ArchivePlan): Promise<void> {
  const nothing = { leftOut: "[]", leftOutFiles: 0, leftOutBytes: 0 };
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("logRequest")
      .set({ plannedFiles: plan.files, plannedBytes: plan.bytes, ...addLeftOut(nothing, plan.leftOut) })
      .where("id", "=", id)
      .where("finishedAt", "is", null)
      .where("plannedFiles", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new WorkEndedError("the request is finished, or another has planned it");
    for (const [index, { day, number, files, bytes }] of plan.archives.entries()) {
      await trx
        .insertInto("logArchive")
        .values({
          logRequestId: id,
          status: "planned",
          position: index + 1,
          day,
          number,
          files: JSON.stringify(files),
          logFiles: files.length,
          logBytes: bytes,
        })
        .execute();
    }
  });
}
