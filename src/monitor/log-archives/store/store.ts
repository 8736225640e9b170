import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArchiveError, type LogFailure } from "../outcome/failure.ts";
import { FOLDERS_OF_A_PATH, PART_SUFFIX, readStoredName } from "./paths.ts";

/** Stays free on the disk, which the database may share. */
export const RESERVED_BYTES = 256 * 1024 * 1024;
const MAKE_ATTEMPTS = 5;
const FULL = ["ENOSPC", "EDQUOT"];
const UNAVAILABLE = "ENOENT ENOTDIR EACCES EPERM EROFS ENOTCONN ESTALE EHOSTDOWN ENXIO".split(" ");

/** Where log archives are kept: the folder ARCHIVE_DIR, which may be a mounted share. */
export interface ArchiveStore {
  root: string;
  freeBytes(): Promise<number>;
  /** Why it could not be used at the last check. */
  problem: LogFailure | null;
  /** Parts being written now, relative to the root with `/`. */
  coming: Set<string>;
}

export function openArchiveStore(root: string): ArchiveStore {
  return { root, freeBytes: () => readFreeBytes(root), problem: null, coming: new Set() };
}

export async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws ArchiveError `store_unavailable`, unless it is a folder that can be written to. */
export async function requireFolder({ root }: ArchiveStore): Promise<void> {
  await inStore(async () => {
    const stats = await stat(root);
    if (!stats.isDirectory()) throw new ArchiveError("store_unavailable", "a file, no folder");
    await access(root, constants.W_OK);
  });
}

/** @throws ArchiveError `disk_full` when there is no space for so many bytes and the reserve; `store_unavailable`. */
export async function requireSpace(store: ArchiveStore, bytes: number): Promise<void> {
  const freeBytes = await inStore(() => store.freeBytes());
  if (freeBytes >= bytes + RESERVED_BYTES) return;
  throw new ArchiveError("disk_full", `${freeBytes} bytes free`);
}

/** With its folders. ARCHIVE_DIR itself is not made: no empty folder must replace a missing share. */
export async function makePart(store: ArchiveStore, path: string): Promise<void> {
  await inStore(async () => {
    for (let attempt = 1; ; attempt++) {
      await stat(store.root);
      await mkdir(dirname(join(store.root, path)), { recursive: true });
      try {
        return await writeFile(partOf(store, path), "");
      } catch (error) {
        // The folders may have been removed again meanwhile.
        const isFolderGone = isSystemError(error) && error.code === "ENOENT";
        if (!isFolderGone || attempt === MAKE_ATTEMPTS) throw error;
      }
    }
  });
}

/** An archive is written to it before it is complete. */
export function partOf(store: ArchiveStore, path: string): string {
  return join(store.root, path + PART_SUFFIX);
}

/** Also flushes it to the disk. */
export async function placePart(store: ArchiveStore, path: string): Promise<void> {
  const file = join(store.root, path);
  await inStore(async () => {
    await syncFile(partOf(store, path));
    await rename(partOf(store, path), file);
    await syncFolder(dirname(file));
  });
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+"); // Windows syncs nothing that was opened for reading
  await handle.sync().finally(() => handle.close());
}

/** Flushes renames in a folder to the disk; possible on Linux only, and not on every share. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Also removes the folders of its path that are empty then. */
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

/** @throws ArchiveError for errors of the file system, without paths. */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const detail = `${error.code} (${error.syscall})`;
    if (FULL.includes(error.code)) throw new ArchiveError("disk_full", detail, { cause: error });
    const code = UNAVAILABLE.includes(error.code) ? "store_unavailable" : "store_error";
    throw new ArchiveError(code, detail, { cause: error });
  }
}

export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return error instanceof Error && "code" in error && "syscall" in error;
}

/** `path`: relative to the store, with `/`. */
interface StoredFile {
  path: string;
  archiveId: number;
  isPart: boolean;
}

/** Files that this program made; others, at other depths or behind links, are ignored. @throws without a readable store. */
export async function* listStoredFiles(root: string, folders: string[] = []): AsyncGenerator<StoredFile> {
  for (const entry of await readFolder(root, folders)) {
    if (folders.length < FOLDERS_OF_A_PATH) {
      if (entry.isDirectory()) yield* listStoredFiles(root, [...folders, entry.name]);
      continue;
    }
    const stored = entry.isFile() ? readStoredName(entry.name) : null;
    if (stored) yield { ...stored, path: [...folders, entry.name].join("/") };
  }
}

/** Folders inside may have gone, or be unreadable. */
async function readFolder(root: string, folders: string[]) {
  try {
    return await readdir(join(root, ...folders), { withFileTypes: true });
  } catch (error) {
    if (folders.length > 0 && isSystemError(error)) return [];
    throw error;
  }
}
