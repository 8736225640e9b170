import { mkdir, open, rename, rm, rmdir, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArchiveError, type LogFailure } from "../outcome/failure.ts";
import { FOLDERS_OF_A_PATH, PART_SUFFIX } from "./paths.ts";
import { inStore, isSystemError } from "./store-error.ts";

/** Of the disk, which the database may share, so much stays free. */
export const RESERVED_BYTES = 256 * 1024 * 1024;
const MAKE_ATTEMPTS = 5;

/** Where log archives are kept: the folder ARCHIVE_DIR, which may be a mounted share. */
export interface ArchiveStore {
  root: string;
  /** How much the store has room for. */
  freeBytes(): Promise<number>;
  /** Why it could not be used when it was looked at last. */
  problem: LogFailure | null;
  /** The parts that this monitor writes now, relative to the root with `/`. */
  coming: Set<string>;
}

export function openArchiveStore(root: string): ArchiveStore {
  return { root, freeBytes: () => readFreeBytes(root), problem: null, coming: new Set() };
}

/** How much of the disk of a folder is free for this program. */
export async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws ArchiveError `disk_full` unless there is room for so many bytes beside the reserve, `store_unavailable`. */
export async function requireSpace(store: ArchiveStore, bytes: number): Promise<void> {
  const freeBytes = await inStore(() => store.freeBytes());
  if (freeBytes >= bytes + RESERVED_BYTES) return;
  throw new ArchiveError(
    "disk_full",
    `${freeBytes} bytes free, ${bytes + RESERVED_BYTES} needed, of which ${RESERVED_BYTES} stay free`,
  );
}

/**
 * Makes the empty part of an archive, which keeps its folders from being removed while nothing else is in them.
 * ARCHIVE_DIR itself is not made here: where a share is gone, nothing takes its place.
 */
export async function makePart(store: ArchiveStore, path: string): Promise<void> {
  await inStore(async () => {
    for (let attempt = 1; ; attempt++) {
      await stat(store.root);
      await mkdir(dirname(join(store.root, path)), { recursive: true });
      try {
        return await writeFile(partOf(store, path), "");
      } catch (error) {
        // They may have been removed again in between.
        const isFolderGone = isSystemError(error) && error.code === "ENOENT";
        if (!isFolderGone || attempt === MAKE_ATTEMPTS) throw error;
      }
    }
  });
}

/** The file that an archive is written to before it is put in its place. */
export function partOf(store: ArchiveStore, path: string): string {
  return join(store.root, path + PART_SUFFIX);
}

/** Puts a part that is whole in its place, so that it is still there after a power failure. */
export async function placePart(store: ArchiveStore, path: string): Promise<void> {
  const file = join(store.root, path);
  await inStore(async () => {
    await syncFile(partOf(store, path));
    await rename(partOf(store, path), file);
    await syncFolder(dirname(file));
  });
}

/** Has what was written into a file be there after a power failure. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+"); // Windows syncs nothing that was opened for reading
  await handle.sync().finally(() => handle.close());
}

/** The same of what was renamed in a folder. Folders can be synced on Linux only, and not on every share. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Removes a file of the store, if it is there, and the folders of its path that are empty without it. */
export async function removeStored(store: ArchiveStore, path: string): Promise<void> {
  await rm(join(store.root, path), { force: true });
  let folder = dirname(path);
  for (let level = 0; level < FOLDERS_OF_A_PATH; level++) {
    try {
      await rmdir(join(store.root, folder));
    } catch (error) {
      if (isSystemError(error)) return;
      throw error;
    }
    folder = dirname(folder);
  }
}
