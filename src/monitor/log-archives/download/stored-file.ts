import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { StoredArchive } from "../store/find-archive.ts";
import { isSystemError } from "../store/store-error.ts";

/** An archive with its file; whoever has it closes it. */
export interface OpenArchive {
  archive: StoredArchive;
  file: FileHandle;
}

/** Opens the files of archives, or none of them when one is not there as it was put there. */
export async function openArchives(
  archiveDir: string,
  archives: readonly StoredArchive[],
): Promise<OpenArchive[] | { missing: StoredArchive }> {
  const opened: OpenArchive[] = [];
  for (const archive of archives) {
    const file = await openStored(join(archiveDir, archive.path), archive.zipBytes);
    if (!file) {
      await closeArchives(opened);
      return { missing: archive };
    }
    opened.push({ archive, file });
  }
  return opened;
}

export async function closeArchives(opened: readonly OpenArchive[]): Promise<void> {
  await Promise.all(opened.map(({ file }) => file.close()));
}

async function openStored(path: string, bytes: number): Promise<FileHandle | null> {
  try {
    const file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isFile() && stats.size === bytes) return file;
    await file.close();
    return null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
