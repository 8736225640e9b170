import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FOLDERS_OF_A_PATH, readStoredName } from "./paths.ts";
import { isSystemError } from "./store-error.ts";

/** A file that this program made, relative to the store with `/`. */
interface StoredFile {
  path: string;
  archiveId: number;
  isPart: boolean;
}

/**
 * Walks through the store and finds the files that this program made; others in it, at other depths or behind links,
 * are none of its business.
 * @throws when the store itself cannot be read.
 */
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

/** A folder inside may be gone meanwhile, or be somebody else's. */
async function readFolder(root: string, folders: string[]) {
  try {
    return await readdir(join(root, ...folders), { withFileTypes: true });
  } catch (error) {
    if (folders.length > 0 && isSystemError(error)) return [];
    throw error;
  }
}
