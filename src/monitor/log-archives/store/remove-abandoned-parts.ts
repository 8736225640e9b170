import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { isHeld } from "../../requests/leases.ts";
import { listStoredFiles, type StoredFile } from "./list-stored.ts";
import { type ArchiveStore, removeStored } from "./store.ts";

/** Lists what processes that ended have left behind unfinished, and what others are fetching now. */
export async function listParts({ root }: ArchiveStore): Promise<StoredFile[]> {
  const parts = [];
  for await (const file of listStoredFiles(root)) if (file.isPart) parts.push(file);
  return parts;
}

/** Removes the parts whose request no living process works on. @returns the others. */
export async function removeAbandonedParts(
  db: Kysely<Database>,
  store: ArchiveStore,
  parts: readonly StoredFile[],
  now: number,
): Promise<StoredFile[]> {
  const fetched = [];
  for (const part of parts) {
    if (await isFetched(db, part.archiveId, now)) fetched.push(part);
    else await removeStored(store, part.path);
  }
  return fetched;
}

async function isFetched(db: Kysely<Database>, archiveId: number, now: number): Promise<boolean> {
  const claimed = await db
    .selectFrom("log_archive")
    .innerJoin("log_request", "log_request.id", "log_archive.log_request_id")
    .select("log_archive.id")
    .where("log_archive.id", "=", archiveId)
    .where("log_request.finished_at", "is", null)
    .where(isHeld("log_request.claimed_until", now))
    .executeTakeFirst();
  return claimed !== undefined;
}
