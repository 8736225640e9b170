import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { ARCHIVES_MARKER_FILE } from "../../database/data-folder.ts";
import type { Db } from "../../database/schema.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { type ArchiveStore, inStore, listStoredFiles, requireFolder } from "./store.ts";

/** How many archives are looked for in a store without a marker, made by an older version. */
const MAX_LOOKED_FOR = 20;

/** Before something is put into the store; the first archive marks it. */
export async function requireStore(db: Db, store: ArchiveStore): Promise<void> {
  await requireKnownStore(db, store);
  const database = await nameDatabase(db);
  if ((await readMarker(store)) !== database) await mark(store, database);
}

/**
 * Checks that the store can be written to and is the one of this database, which its marker names, and neither the empty
 * folder of a share that is not mounted nor the store of another monitor. An empty or missing marker (of an older version, or made by hand)
 * stands for the database whose archives are there, or for any when there are none.
 * @throws ArchiveError `store_unavailable`, `foreign_store`
 */
export async function requireKnownStore(db: Db, store: ArchiveStore): Promise<void> {
  try {
    await requireFolder(store);
    await requireOwn(db, store);
    store.problem = null;
  } catch (error) {
    if (error instanceof ArchiveError) store.problem = error.failure;
    throw error;
  }
}

async function requireOwn(db: Db, store: ArchiveStore): Promise<void> {
  const database = await nameDatabase(db);
  const owner = await readMarker(store);
  if (owner === database) return;
  if (owner) throw foreignStore(`of the database that was made at ${owner}, and this one at ${database}`);
  const listed = await db
    .selectFrom("logArchive")
    .select("path")
    .where("path", "is not", null)
    .orderBy("id", "desc")
    .limit(MAX_LOOKED_FOR)
    .execute();
  for (const { path } of listed) {
    const isThere = path !== null && (await stat(join(store.root, path)).catch(() => null));
    if (isThere) return await mark(store, database);
  }
  if (await holdsArchives(store)) throw foreignStore("that this database does not know");
  if (owner === "" || listed.length === 0) return;
  throw new ArchiveError(
    "store_unavailable",
    `ARCHIVE_DIR holds none of the known archives, nor ${ARCHIVES_MARKER_FILE}: mount the share, or put an empty file of this name there if it is the right folder`,
  );
}

/** Identifies a database by when it was created, which restoring a backup keeps. */
async function nameDatabase(db: Db): Promise<string> {
  const made = await sql<{ at: string }>`select min(timestamp) as at from kysely_migration`.execute(db);
  return made.rows[0]?.at ?? "";
}

/** Empty = it names no database; null = there is no marker. */
async function readMarker({ root }: ArchiveStore): Promise<string | null> {
  const text = await readFile(join(root, ARCHIVES_MARKER_FILE), "utf8").catch(() => null);
  return text?.trim() ?? null;
}

async function mark({ root }: ArchiveStore, database: string): Promise<void> {
  await inStore(() => writeFile(join(root, ARCHIVES_MARKER_FILE), `${database}\n`));
}

function foreignStore(archives: string): ArchiveError {
  return new ArchiveError(
    "foreign_store",
    `ARCHIVE_DIR holds archives ${archives}: set another folder, restore their database, or move them and ${ARCHIVES_MARKER_FILE} out of it`,
  );
}

async function holdsArchives({ root }: ArchiveStore): Promise<boolean> {
  for await (const { isPart } of listStoredFiles(root)) if (!isPart) return true;
  return false;
}
