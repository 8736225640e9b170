import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { renameFile } from "./rename-file.ts";

/** Replaces a file in one step that survives a power failure: temporary file, fsync, rename. */
export async function writeFileAtomically(
  file: string,
  content: string | Buffer,
  mode: number,
): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, "w", mode);
    try {
      // The mode of open() is narrowed by the umask and ignored for a file that is already there.
      await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameFile(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** Makes renames in a folder survive a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open folders, and its file systems keep renames in their journal.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
