import { chmod, open, rm, writeFile } from "node:fs/promises";
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
    await writeFile(temporary, content, { mode, flush: true });
    // The mode was narrowed by the umask.
    await chmod(temporary, mode);
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
