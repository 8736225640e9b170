import type { Db } from "../../database/schema.ts";
import type { PendingArchive } from "./pending-archives.ts";
import type { WorkContext } from "./work-context.ts";

/** The assumed compression of logs until it is known. */
const USUAL_ZIP_SHARE = 0.1;

export type Progress = Awaited<ReturnType<typeof createProgress>>;

/**
 * How much of the logs has come: for an incomplete zip an estimate by the compression of earlier ones. It never goes back,
 * and never passes what is planned.
 */
export async function createProgress({ db, timing, log }: WorkContext, requestId: number) {
  const known = await readDone(db, requestId);
  const doneBytes = known.logBytes;
  const receivedBytes = new Map<number, number>();
  let savedAt = Number.NEGATIVE_INFINITY;

  return {
    async advance(archive: PendingArchive, zipBytes: number): Promise<void> {
      const share = known.logBytes > 0 ? known.zipBytes / known.logBytes : USUAL_ZIP_SHARE;
      receivedBytes.set(archive.id, Math.min(Math.round(zipBytes / share), archive.logBytes));
      const now = performance.now();
      if (now - savedAt < timing.progressEveryMs) return;
      savedAt = now;
      const total = [...receivedBytes.values()].reduce((sum, bytes) => sum + bytes, doneBytes);
      await saveProgress(db, requestId, total).catch((error) =>
        log.warn({ err: error, logRequest: requestId }, "The progress of a log request could not be saved"),
      );
    },
    arrive(archive: PendingArchive, { zipBytes, logBytes }: { zipBytes: number; logBytes: number }): void {
      receivedBytes.set(archive.id, logBytes);
      known.logBytes += logBytes;
      known.zipBytes += zipBytes;
    },
  };
}

async function readDone(db: Db, requestId: number): Promise<{ logBytes: number; zipBytes: number }> {
  return await db
    .selectFrom("logArchive")
    .select(({ fn, val }) => [
      fn.coalesce(fn.sum<number>("logBytes"), val(0)).as("logBytes"),
      fn.coalesce(fn.sum<number>("zipBytes"), val(0)).as("zipBytes"),
    ])
    .where("logRequestId", "=", requestId)
    .where("status", "=", "done")
    .executeTakeFirstOrThrow();
}

async function saveProgress(db: Db, requestId: number, receivedBytes: number): Promise<void> {
  await db
    .updateTable("logRequest")
    .set({ receivedBytes })
    .where("id", "=", requestId)
    .where("finishedAt", "is", null)
    .where("receivedBytes", "<", receivedBytes)
    .execute();
}
