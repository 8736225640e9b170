import type { Db } from "../../database/schema.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import type { LogFailure } from "../outcome/failure.ts";
import { addLeftOut, type LeftOutFile, readPlannedFiles, takenBytes } from "../outcome/stored-files.ts";

/** `attempts`: how many failed. */
export type PendingArchive = Awaited<ReturnType<typeof listPendingArchives>>[number];

export interface FetchedArchive {
  path: string;
  zipBytes: number;
  sha256: string;
  /** What is in it, before compression. */
  logFiles: number;
  logBytes: number;
  /** Files that could not be read. */
  leftOut: LeftOutFile[];
}

export async function listPendingArchives(db: Db, requestId: number) {
  const rows = await db
    .selectFrom("logArchive")
    .select(["id", "day", "number", "files", "logBytes", "attempts"])
    .where("logRequestId", "=", requestId)
    .where("status", "=", "planned")
    .orderBy("position")
    .execute();
  return rows.map((row) => ({ ...row, requestId, files: readPlannedFiles(row.files) }));
}

/** @throws WorkEndedError when its request has ended. */
export async function saveFetched(
  db: Db,
  { id, requestId }: PendingArchive,
  { path, zipBytes, sha256, logFiles, logBytes, leftOut }: FetchedArchive,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("logArchive")
      .set({
        status: "done",
        failureCode: null,
        failureDetail: null,
        finishedAt: now,
        path,
        sha256,
        zipBytes,
        logFiles,
        logBytes,
      })
      .where("id", "=", id)
      .where("status", "=", "planned")
      .executeTakeFirst();
    const isWaitedFor = numUpdatedRows === 1n && (await saveLeftOut(trx, requestId, leftOut));
    if (!isWaitedFor) throw new WorkEndedError("the archive is no longer waited for");
    await countReceived(trx, requestId);
  });
}

/** @returns false when the request is finished. */
async function saveLeftOut(trx: Db, requestId: number, leftOut: readonly LeftOutFile[]): Promise<boolean> {
  const request = await trx
    .selectFrom("logRequest")
    .select(["leftOut", "leftOutFiles", "leftOutBytes"])
    .where("id", "=", requestId)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (!request) return false;
  await trx.updateTable("logRequest").set(addLeftOut(request, leftOut)).where("id", "=", requestId).execute();
  return true;
}

/** The number shown never goes back while the request runs. */
async function countReceived(trx: Db, requestId: number): Promise<void> {
  const received = trx
    .selectFrom("logArchive")
    .where("logRequestId", "=", requestId)
    .where("status", "=", "done");
  await trx
    .updateTable("logRequest")
    .set(({ fn, ref, val }) => ({
      receivedFiles: received.select(({ fn }) => fn.sum<number>("logFiles").as("files")),
      receivedBytes: fn<number>("max", [
        ref("receivedBytes"),
        fn.coalesce(
          received.select(({ fn }) => fn.sum<number>("logBytes").as("bytes")),
          val(0),
        ),
      ]),
    }))
    .where("id", "=", requestId)
    .execute();
}

export async function saveFailedAttempt(db: Db, archive: PendingArchive, failure: LogFailure): Promise<void> {
  archive.attempts++;
  await db
    .updateTable("logArchive")
    .set({ attempts: archive.attempts, failureCode: failure.code, failureDetail: failure.detail })
    .where("id", "=", archive.id)
    .where("status", "=", "planned")
    .execute();
}

/** If the POS server could read none of its logs, they are listed as left out. */
export async function saveFailed(
  db: Db,
  { id, requestId, files }: PendingArchive,
  { code }: LogFailure,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("logArchive")
      .set({ status: "failed", finishedAt: now })
      .where("id", "=", id)
      .where("status", "=", "planned")
      .executeTakeFirst();
    if (numUpdatedRows !== 1n || code !== "nothing_came") return;
    const reason = "unreadable" as const;
    const leftOut = files.map((file) => ({ name: file.name, bytes: takenBytes(file), reason }));
    await saveLeftOut(trx, requestId, leftOut);
  });
}
