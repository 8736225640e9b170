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
    .selectFrom("log_archive")
    .select(["id", "day", "number", "files", "log_bytes as logBytes", "attempts"])
    .where("log_request_id", "=", requestId)
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
      .updateTable("log_archive")
      .set({
        status: "done",
        ...{ failure_code: null, failure_detail: null, finished_at: now },
        ...{ path, sha256, zip_bytes: zipBytes, log_files: logFiles, log_bytes: logBytes },
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
    .selectFrom("log_request")
    .select(["left_out as leftOut", "left_out_files as leftOutFiles", "left_out_bytes as leftOutBytes"])
    .where("id", "=", requestId)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  if (!request) return false;
  await trx
    .updateTable("log_request")
    .set(addLeftOut(request, leftOut))
    .where("id", "=", requestId)
    .execute();
  return true;
}

/** Counts the finished archives as received; what has been shown as received stays so while the request runs. */
async function countReceived(trx: Db, requestId: number): Promise<void> {
  const received = trx
    .selectFrom("log_archive")
    .where("log_request_id", "=", requestId)
    .where("status", "=", "done");
  await trx
    .updateTable("log_request")
    .set(({ fn, ref, val }) => ({
      received_files: received.select(({ fn }) => fn.sum<number>("log_files").as("files")),
      received_bytes: fn<number>("max", [
        ref("received_bytes"),
        fn.coalesce(
          received.select(({ fn }) => fn.sum<number>("log_bytes").as("bytes")),
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
    .updateTable("log_archive")
    .set({ attempts: archive.attempts, failure_code: failure.code, failure_detail: failure.detail })
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
      .updateTable("log_archive")
      .set({ status: "failed", finished_at: now })
      .where("id", "=", id)
      .where("status", "=", "planned")
      .executeTakeFirst();
    if (numUpdatedRows !== 1n || code !== "nothing_came") return;
    const reason = "unreadable" as const;
    const leftOut = files.map((file) => ({ name: file.name, bytes: takenBytes(file), reason }));
    await saveLeftOut(trx, requestId, leftOut);
  });
}
