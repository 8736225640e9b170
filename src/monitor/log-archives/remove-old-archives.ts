import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { DAY_MS } from "../../protocol/time-units.ts";
import { hasRow } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { inBatches, inBatchesOfIds } from "../database/transaction.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import { readSettings } from "../installation/settings.ts";
import { ArchiveError } from "./outcome/failure.ts";
import { requireKnownStore } from "./store/marker.ts";
import { type ArchiveStore, isSystemError, listStoredFiles, removeStored } from "./store/store.ts";

const BATCH = 100;
const BATCH_REQUESTS = 50;

export type Removed = Awaited<ReturnType<typeof removeOldArchives>>;

/**
 * Removes archives past their retention, parts without a row, and requests past the retention of the audit log. What
 * cannot be removed now, as on a share that is not mounted, is left for another night.
 * @returns how many; `unknownFiles` had no row.
 */
export async function removeOldArchives(db: Db, store: ArchiveStore, log: FastifyBaseLogger, now: number) {
  const { archiveRetentionDays, auditRetentionDays } = await readSettings(db);
  const removed = { archives: 0, unknownFiles: 0, requests: 0 };
  const refused: unknown[] = [];
  try {
    await requireKnownStore(db, store);
    const cutOffAt = now - archiveRetentionDays * DAY_MS;
    // The monitor that this is a copy of may still use these archives.
    if (!(await isHeldBack(db))) {
      removed.archives = await removePastRetention(db, store, refused, { cutOffAt, now });
      const partCutOffAt = now - DAY_MS;
      removed.unknownFiles = await removeUnknownFiles(db, store, refused, { cutOffAt, partCutOffAt });
    }
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof ArchiveError)) throw error;
    refused.push(error);
  }
  if (refused.length > 0) {
    const what = { err: refused[0], refused: refused.length };
    log.error(what, "Old log archives could not be removed: see to the folder ARCHIVE_DIR");
  }
  removed.requests = await removeOldRequests(db, now - auditRetentionDays * DAY_MS);
  return removed;
}

async function removePastRetention(
  db: Db,
  store: ArchiveStore,
  refused: unknown[],
  { cutOffAt, now }: { cutOffAt: number; now: number },
): Promise<number> {
  let removed = 0;
  await inBatches(BATCH, async (limit) => {
    const archives = await db
      .selectFrom("logArchive")
      .select(["id", "path"])
      .where("path", "is not", null)
      .where("finishedAt", "<", cutOffAt)
      .orderBy("finishedAt")
      .orderBy("id")
      .offset(refused.length)
      .limit(limit)
      .execute();
    for (const { id, path } of archives) {
      if (path !== null && !(await tryToRemove(store, path, refused))) continue;
      await db.updateTable("logArchive").set({ path: null, removedAt: now }).where("id", "=", id).execute();
      removed++;
    }
    return archives.length;
  });
  return removed;
}

/** A file that cannot be removed does not stop the others. @returns whether it was removed. */
async function tryToRemove(store: ArchiveStore, path: string, refused: unknown[]): Promise<boolean> {
  try {
    await removeStored(store, path);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    refused.push(error);
    return false;
  }
}

/**
 * Files without a row were not recorded before a crash, or are of a deleted POS server, or newer than a restored backup.
 * Complete archives are kept as long as others, parts for a day.
 */
async function removeUnknownFiles(
  db: Db,
  store: ArchiveStore,
  refused: unknown[],
  { cutOffAt, partCutOffAt }: { cutOffAt: number; partCutOffAt: number },
): Promise<number> {
  let removed = 0;
  for await (const { path, isPart } of listStoredFiles(store.root)) {
    const { mtimeMs } = await stat(join(store.root, path));
    if (mtimeMs >= (isPart ? partCutOffAt : cutOffAt) || (await isKnown(db, path))) continue;
    if (await tryToRemove(store, path, refused)) removed++;
  }
  return removed;
}

/** Some shares return decomposed letters: й as и with a breve. */
async function isKnown(db: Db, path: string): Promise<boolean> {
  return await hasRow(db.selectFrom("logArchive").where("path", "=", path.normalize("NFC")));
}

async function removeOldRequests(db: Db, cutOffAt: number): Promise<number> {
  return await inBatchesOfIds(db, "logRequest", BATCH_REQUESTS, async (ids) => {
    const { numDeletedRows } = await db
      .deleteFrom("logRequest")
      .where("id", "in", ids)
      .where("finishedAt", "<", cutOffAt)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("logArchive")
              .select("logArchive.id")
              .whereRef("logArchive.logRequestId", "=", "logRequest.id")
              .where("path", "is not", null),
          ),
        ),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
