import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FOLDERS_OF_A_PATH, readStoredName } from "./paths.ts";
import { isSystemError } from "./store.ts";

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
