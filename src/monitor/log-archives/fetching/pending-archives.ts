import type { Db } from "../../database/schema.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import type { LogFailure } from "../outcome/failure.ts";
import {
  addLeftOut,
  type LeftOutFile,
  type PlannedFile,
  readPlannedFiles,
  takenBytes,
} from "../outcome/stored-files.ts";

/** An archive that is still to be fetched. */
export interface PendingArchive {
  id: number;
  requestId: number;
  day: string;
  number: number;
  files: PlannedFile[];
  logBytes: number;
  /** That failed. */
  attempts: number;
}

export interface FetchedArchive {
  path: string;
  zipBytes: number;
  sha256: string;
  /** What is in it, before compression. */
  logFiles: number;
  logBytes: number;
  /** What of it could not be read. */
  leftOut: LeftOutFile[];
}

/** Lists the archives of a request that are still to be fetched, in the order in which they should be. */
export async function listPendingArchives(db: Db, requestId: number): Promise<PendingArchive[]> {
  const rows = await db
    .selectFrom("logArchive")
    .select(["id", "day", "number", "files", "logBytes", "attempts"])
    .where("logRequestId", "=", requestId)
    .where("status", "=", "planned")
    .orderBy("position")
    .execute();
  return rows.map((row) => ({ ...row, requestId, files: readPlannedFiles(row.files) }));
}

/** Offers an archive that is in its place. @throws WorkEndedError when nobody waits for it any more. */
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

/** Counts the finished archives as received; what has been shown as received stays so while the request runs. */
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

/** Counts a failed attempt, which may be followed by others. */
export async function saveFailedAttempt(db: Db, archive: PendingArchive, failure: LogFailure): Promise<void> {
  archive.attempts++;
  await db
    .updateTable("logArchive")
    .set({ attempts: archive.attempts, failureCode: failure.code, failureDetail: failure.detail })
    .where("id", "=", archive.id)
    .where("status", "=", "planned")
    .execute();
}

/** Gives an archive up; where the POS server could not read any of its logs, these are named. */
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
