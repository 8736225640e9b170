import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import type { Kysely } from "kysely";
import { inBatches, inBatchesOfIds } from "../database/in-batches.ts";
import type { Database } from "../database/schema.ts";
import { readRestoredAt } from "../fleet/restored-copy.ts";
import { readSettings } from "../fleet/settings.ts";
import { ArchiveError } from "./outcome/failure.ts";
import { listStoredFiles } from "./store/list-stored.ts";
import { requireKnownStore } from "./store/marker.ts";
import { type ArchiveStore, removeStored } from "./store/store.ts";
import { isSystemError } from "./store/store-error.ts";

const DAY_MS = 86_400_000;
const BATCH = 100;
/** With their archives. */
const BATCH_REQUESTS = 50;

/** How much was removed, for the program's log. */
export interface Removed {
  /** Past their retention. */
  archives: number;
  /** Of the store, known to no row. */
  unknownFiles: number;
  /** Of the history, with no archive left. */
  requests: number;
}

/**
 * Removes archives whose time is over, whether or not a row knows them, parts that no row knows, and requests as old as the
 * audit log is kept. A store that is not there now, such as an unmounted share, or is another one's, is left for another night.
 */
export async function removeOldArchives(
  db: Kysely<Database>,
  store: ArchiveStore,
  log: FastifyBaseLogger,
  now: number,
): Promise<Removed> {
  const { archiveRetentionDays, auditRetentionDays } = await readSettings(db);
  const removed: Removed = { archives: 0, unknownFiles: 0, requests: 0 };
  try {
    await requireKnownStore(db, store);
    const cutOffAt = now - archiveRetentionDays * DAY_MS;
    removed.archives = await removePastRetention(db, store, cutOffAt, now);
    // While the monitor whose copy this is may still run, what only that one knows is none of ours.
    if ((await readRestoredAt(db)) === null) {
      removed.unknownFiles = await removeUnknownFiles(db, store, { cutOffAt, partCutOffAt: now - DAY_MS });
    }
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof ArchiveError)) throw error;
    log.error({ err: error }, "Old log archives could not be removed: see to the folder ARCHIVE_DIR");
  }
  removed.requests = await removeOldRequests(db, now - auditRetentionDays * DAY_MS);
  return removed;
}

async function removePastRetention(
  db: Kysely<Database>,
  store: ArchiveStore,
  cutOffAt: number,
  now: number,
): Promise<number> {
  return await inBatches(BATCH, async (limit) => {
    const archives = await db
      .selectFrom("log_archive")
      .select(["id", "path"])
      .where("path", "is not", null)
      .where("finished_at", "<", cutOffAt)
      .orderBy("finished_at")
      .limit(limit)
      .execute();
    for (const { id, path } of archives) {
      if (path !== null) await removeStored(store, path);
      await db.updateTable("log_archive").set({ path: null, removed_at: now }).where("id", "=", id).execute();
    }
    return archives.length;
  });
}

/**
 * What was put in place but not recorded, whose POS server was deleted, or what is newer than the backup that was restored:
 * whole archives are kept as long as any. A part may be recorded in a moment.
 */
async function removeUnknownFiles(
  db: Kysely<Database>,
  store: ArchiveStore,
  { cutOffAt, partCutOffAt }: { cutOffAt: number; partCutOffAt: number },
): Promise<number> {
  let removed = 0;
  for await (const { path, isPart } of listStoredFiles(store.root)) {
    const { mtimeMs } = await stat(join(store.root, path));
    if (mtimeMs >= (isPart ? partCutOffAt : cutOffAt) || (await isKnown(db, path))) continue;
    await removeStored(store, path);
    removed++;
  }
  return removed;
}

/** Some shares give letters back in pieces: й as и with a breve. */
async function isKnown(db: Kysely<Database>, path: string): Promise<boolean> {
  const known = await db
    .selectFrom("log_archive")
    .select("id")
    .where("path", "=", path.normalize("NFC"))
    .executeTakeFirst();
  return known !== undefined;
}

async function removeOldRequests(db: Kysely<Database>, cutOffAt: number): Promise<number> {
  return await inBatchesOfIds(db, "log_request", BATCH_REQUESTS, async (ids) => {
    const { numDeletedRows } = await db
      .deleteFrom("log_request")
      .where("id", "in", ids)
      .where("finished_at", "<", cutOffAt)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("log_archive")
              .select("log_archive.id")
              .whereRef("log_archive.log_request_id", "=", "log_request.id")
              .where("path", "is not", null),
          ),
        ),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
