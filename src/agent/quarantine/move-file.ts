import { lstat, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { renameFile } from "../files/rename-file.ts";

/** Moves a file within a disk, making the folders it needs. @throws when something is there already. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // rename() would replace a file without a word.
  if (await exists(to)) throw new Error(`${to} is there already`);
  await renameFile(from, to);
}

/** Whether anything has this name, a broken link too. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
