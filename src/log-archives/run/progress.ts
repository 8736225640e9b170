import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { PlannedRow } from "./planned-rows.ts";
import type { WorkContext } from "./work-context.ts";

/** What logs shrink to where nothing is known yet of these. */
const USUAL_ZIP_SHARE = 0.1;

/** Says in a request's row how much of its logs has come. */
export interface Progress {
  /** So much of the zip of this archive has come. */
  advance(archive: PlannedRow, zipBytes: number): Promise<void>;
}

/**
 * How many bytes of logs are in what has come of a zip is not known before it is whole: it is guessed from the archives
 * before. What is shown never goes back and never passes what is planned.
 */
export function createProgress({ db, timing, log }: WorkContext, requestId: number): Progress {
  let savedAt = Number.NEGATIVE_INFINITY;
  let done: DoneArchives | null = null;
  let archiveId: number | null = null;

  return {
    async advance(archive, zipBytes) {
      const now = performance.now();
      if (now - savedAt < timing.progressEveryMs) return;
      savedAt = now;
      try {
        if (done === null || archiveId !== archive.id) done = await readDone(db, requestId);
        archiveId = archive.id;
        const share = done.zipBytes > 0 ? done.zipBytes / Math.max(done.logBytes, 1) : USUAL_ZIP_SHARE;
        const guessedBytes = Math.min(Math.round(zipBytes / share), archive.logBytes);
        await saveProgress(db, requestId, done.logBytes + guessedBytes);
      } catch (error) {
        log.warn({ err: error, logRequest: requestId }, "The progress of a log request could not be saved");
      }
    },
  };
}

interface DoneArchives {
  logBytes: number;
  zipBytes: number;
}

async function readDone(db: Kysely<Database>, requestId: number): Promise<DoneArchives> {
  return await db
    .selectFrom("log_archive")
    .select(({ fn, val }) => [
      fn.coalesce(fn.sum<number>("log_bytes"), val(0)).as("logBytes"),
      fn.coalesce(fn.sum<number>("zip_bytes"), val(0)).as("zipBytes"),
    ])
    .where("log_request_id", "=", requestId)
    .where("status", "=", "done")
    .executeTakeFirstOrThrow();
}

async function saveProgress(db: Kysely<Database>, requestId: number, receivedBytes: number): Promise<void> {
  await db
    .updateTable("log_request")
    .set({ received_bytes: receivedBytes })
    .where("id", "=", requestId)
    .where("finished_at", "is", null)
    .where("received_bytes", "<", receivedBytes)
    .execute();
}
