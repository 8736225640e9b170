import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { ArchiveError } from "../outcome/failure.ts";
import type { ArchiveStore } from "./store.ts";
import { inStore, isSystemError } from "./store-error.ts";

/** Lies in the store, so that the empty folder where a share is to be mounted is not taken for it. */
export const MARKER_FILE = ".poswatch-archives";
/** Of archives whose files are looked for in a store of an older version, which has no marker. */
const MAX_LOOKED_FOR = 20;

/** Makes sure that the store is there before something is put into it; the first archive makes it one. */
export async function requireStore(db: Kysely<Database>, store: ArchiveStore): Promise<void> {
  await requireKnownStore(db, store);
  await mark(store);
}

/**
 * Makes sure that the archives which the database knows may be looked for.
 * @throws ArchiveError `store_unavailable` when the folder is not there, or is another one.
 */
export async function requireKnownStore(db: Kysely<Database>, store: ArchiveStore): Promise<void> {
  await inStore(() => stat(store.root));
  if (await isThere(store, MARKER_FILE)) return;
  const listed = await db
    .selectFrom("log_archive")
    .select("path")
    .where("path", "is not", null)
    .orderBy("id", "desc")
    .limit(MAX_LOOKED_FOR)
    .execute();
  if (listed.length === 0) return;
  for (const { path } of listed) {
    if (path !== null && (await isThere(store, path))) return await mark(store);
  }
  throw new ArchiveError(
    "store_unavailable",
    `ARCHIVE_DIR holds none of the known archives, nor ${MARKER_FILE}: mount the share, or put an empty file of this name there if it is the right folder`,
  );
}

async function mark({ root }: ArchiveStore): Promise<void> {
  await inStore(() => writeFile(join(root, MARKER_FILE), ""));
}

async function isThere({ root }: ArchiveStore, path: string): Promise<boolean> {
  try {
    await stat(join(root, path));
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
