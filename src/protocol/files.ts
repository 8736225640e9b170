import { chmod, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Windows refuses with these while a virus scanner, an indexer or another program has the file open. */
const HELD: readonly unknown[] = ["EPERM", "EBUSY", "EACCES"];
const TRIES = 50;
const AGAIN_MS = 100;

const HERE = {
  rename: (from: string, to: string) => rename(from, to),
  pause: () => delay(AGAIN_MS),
  isWindows: process.platform === "win32",
};

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

/** On Windows tries for some 5 s while another program holds the file. @throws as `rename` does. */
export async function renameFile(
  from: string,
  to: string,
  { rename, pause, isWindows } = HERE,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isHeld = isWindows && HELD.includes((error as NodeJS.ErrnoException).code);
      if (!isHeld || tries === TRIES) throw error;
      await pause();
    }
  }
}
