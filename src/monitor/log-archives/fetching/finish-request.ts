import type { AuditDetail } from "../../audit-log/detail.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { withBatchOf } from "../../requests/batch-of-request.ts";
import { subjectOf } from "../../requests/request-columns.ts";
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
    if (!(await isOpen(trx, request.id))) return;
    if (failure) await giveUpPlanned(trx, request.id, failure, now);
    const counts = await countArchives(trx, request.id);
    const reason = failure ?? (await findReason(trx, request.id, counts));
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

async function isOpen(trx: Db, requestId: number): Promise<boolean> {
  const open = await trx
    .selectFrom("logRequest")
    .select("id")
    .where("id", "=", requestId)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  return open !== undefined;
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
    .select(["status", "logFiles", "logBytes"])
    .where("logRequestId", "=", requestId)
    .execute();
  const done = archives.filter(({ status }) => status === "done");
  return {
    done: done.length,
    failed: archives.length - done.length,
    files: done.reduce((sum, { logFiles }) => sum + logFiles, 0),
    bytes: done.reduce((sum, { logBytes }) => sum + logBytes, 0),
  };
}

async function findReason(trx: Db, requestId: number, { done, failed }: Counts): Promise<LogFailure | null> {
  if (failed > 0) return await summarize(trx, requestId, done);
  if (done > 0) return null;
  const { leftOutFiles } = await trx
    .selectFrom("logRequest")
    .select("leftOutFiles")
    .where("id", "=", requestId)
    .executeTakeFirstOrThrow();
  return leftOutFiles > 0 ? NOTHING_CAME : null;
}

async function summarize(trx: Db, requestId: number, done: number): Promise<LogFailure> {
  const failures = await trx
    .selectFrom("logArchive")
    .select("failureCode as code")
    .where("logRequestId", "=", requestId)
    .where("status", "=", "failed")
    .orderBy("position")
    .execute();
  const codes = new Set(failures.map(({ code }) => code));
  if (done === 0 && codes.size === 1 && codes.has(NOTHING_CAME.code)) return NOTHING_CAME;
  return { code: "archives_failed", detail: [...codes].join(", ") };
}

function describe({ done, failed, files }: Counts, reason: LogFailure | null): AuditDetail {
  return [
    { key: "archives", values: { archives: done, files } },
    ...(failed > 0 ? [{ key: "archivesMissing", values: { archives: failed } } as const] : []),
    ...(reason ? [{ key: "logFailure", values: { code: reason.code, detail: reason.detail } } as const] : []),
  ];
}
