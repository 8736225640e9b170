import type { AuditDetail } from "../../audit-log/detail.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { subjectOf, withBatchOf } from "../../requests/request-columns.ts";
import type { LogFailure } from "../outcome/failure.ts";
import type { RunningRequest } from "./begin-request.ts";

const NOTHING_CAME: LogFailure = { code: "nothing_came", detail: "" };

/**
 * `done` when no archive is missing, and some log came if there was any. Archives still planned get the failure that ended
 * the request. One that has ended already, such as a cancelled one, stays as it is.
 */
export async function finishRequest(
  db: Db,
  request: RunningRequest,
  failure: LogFailure | null,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const open = await trx
      .selectFrom("logRequest")
      .select("leftOutFiles")
      .where("id", "=", request.id)
      .where("finishedAt", "is", null)
      .executeTakeFirst();
    if (!open) return;
    if (failure) await giveUpPlanned(trx, request.id, failure, now);
    const counts = await countArchives(trx, request.id);
    const reason = failure ?? reasonOf(counts, open.leftOutFiles);
    const result = reason ? "failed" : "done";
    await trx
      .updateTable("logRequest")
      .set({
        status: result,
        failureCode: reason?.code ?? null,
        failureDetail: reason?.detail ?? null,
        receivedFiles: counts.files,
        receivedBytes: counts.bytes,
        finishedAt: now,
      })
      .where("id", "=", request.id)
      .execute();
    const about = { ...subjectOf(request), detail: describe(counts, reason) };
    const actor = await withBatchOf(trx, request.actor, "logs", request.id);
    await recordEvent(trx, actor, { action: "log_request_end", result, ...about }, now);
  });
}

async function giveUpPlanned(trx: Db, requestId: number, failure: LogFailure, now: number): Promise<void> {
  await trx
    .updateTable("logArchive")
    .set({ status: "failed", failureCode: failure.code, failureDetail: failure.detail, finishedAt: now })
    .where("logRequestId", "=", requestId)
    .where("status", "=", "planned")
    .execute();
}

type Counts = Awaited<ReturnType<typeof countArchives>>;

async function countArchives(trx: Db, requestId: number) {
  const archives = await trx
    .selectFrom("logArchive")
    .select(["status", "logFiles", "logBytes", "failureCode"])
    .where("logRequestId", "=", requestId)
    .orderBy("position")
    .execute();
  const done = archives.filter(({ status }) => status === "done");
  const failed = archives.filter(({ status }) => status === "failed");
  return {
    done: done.length,
    failed: failed.length,
    failureCodes: [...new Set(failed.map(({ failureCode }) => failureCode))],
    files: done.reduce((sum, { logFiles }) => sum + logFiles, 0),
    bytes: done.reduce((sum, { logBytes }) => sum + logBytes, 0),
  };
}

function reasonOf({ done, failed, failureCodes }: Counts, leftOutFiles: number): LogFailure | null {
  const cameNothing =
    done === 0 && (failed > 0 ? failureCodes.join() === NOTHING_CAME.code : leftOutFiles > 0);
  if (cameNothing) return NOTHING_CAME;
  return failed > 0 ? { code: "archives_failed", detail: failureCodes.join(", ") } : null;
}

function describe({ done, failed, files }: Counts, reason: LogFailure | null): AuditDetail {
  return [
    { key: "archives", values: { archives: done, files } },
    ...(failed > 0 ? [{ key: "archivesMissing", values: { archives: failed } } as const] : []),
    ...(reason ? [{ key: "logFailure", values: { code: reason.code, detail: reason.detail } } as const] : []),
  ];
}
