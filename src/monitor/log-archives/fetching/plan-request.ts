import type { Db } from "../../database/schema.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome, StatusOutcome } from "../../pos-client/client.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import { periodByItsClock } from "../../restaurants/period-by-its-clock.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { addLeftOut, writePlannedFiles } from "../outcome/stored-files.ts";
import type { RunningRequest } from "./begin-request.ts";
import { type ArchivePlan, planArchives } from "./plan-archives.ts";
import { withRetries } from "./timing.ts";
import type { RequestContext } from "./work-context.ts";

type GoodStatus = Extract<StatusOutcome, { ok: true }>;

/** Makes sure that it is the POS server which is registered. @throws ArchiveError when it is not, or does not answer. */
export async function checkPosServer(
  { client, timing, pace }: RequestContext,
  posServer: PosServer,
  signal: AbortSignal,
): Promise<GoodStatus> {
  const ask = () => pace.waiting(whileWanted(client.fetchStatus(posServer), signal));
  const patience = { pausesMs: timing.retryPausesMs, signal, pace };
  return await withRetries(async () => succeeded(await ask()), patience);
}

/** Lists the logs of the period and stores which archives will be fetched. @throws ArchiveError */
export async function planRequest(
  { db, client, timing, pace }: RequestContext,
  request: RunningRequest,
  posServer: PosServer,
  status: GoodStatus,
  signal: AbortSignal,
): Promise<void> {
  const period = periodByItsClock(request, status.receivedAt - Date.parse(status.report.time));
  const list = () => pace.waiting(client.listLogs(posServer, period, signal));
  const patience = { pausesMs: timing.retryPausesMs, signal, pace };
  const { value: listed } = await withRetries(async () => succeeded(await list()), patience);
  const utcOffsetMinutes =
    status.report.utcOffsetMinutes ?? (await readLastUtcOffset(db, request.posServerId)) ?? 0;
  const plan = planArchives(listed, { maxBytes: request.maxBytes, utcOffsetMinutes });
  signal.throwIfAborted();
  await storePlan(db, request.id, plan);
}

function succeeded<T extends StatusOutcome | CallOutcome<unknown>>(outcome: T): Extract<T, { ok: true }> {
  if (!outcome.ok) throw new ArchiveError(outcome.failure.code, outcome.failure.detail);
  return outcome as Extract<T, { ok: true }>;
}

async function readLastUtcOffset(db: Db, posServerId: number): Promise<number | null> {
  const status = await db
    .selectFrom("posStatus")
    .select("utcOffsetMinutes")
    .where("posServerId", "=", posServerId)
    .executeTakeFirst();
  return status?.utcOffsetMinutes ?? null;
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
          files: writePlannedFiles(files),
          logFiles: files.length,
          logBytes: bytes,
          failureCode: null,
          failureDetail: null,
          path: null,
          zipBytes: null,
          sha256: null,
          finishedAt: null,
          removedAt: null,
        })
        .execute();
    }
  });
}
