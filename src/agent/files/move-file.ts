import { lstat, mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ifThere } from "./if-there.ts";

/** Windows refuses with these while a virus scanner, an indexer or another program has the file open. */
const HELD: readonly unknown[] = ["EPERM", "EBUSY", "EACCES"];
const TRIES = 50;
const AGAIN_MS = 100;

interface Renaming {
  rename(from: string, to: string): Promise<void>;
  pause(): Promise<void>;
  isWindows: boolean;
}

const HERE: Renaming = {
  rename: (from, to) => rename(from, to),
  pause: () => delay(AGAIN_MS),
  isWindows: process.platform === "win32",
};

/** @throws when the target exists. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // rename() would replace it silently.
  if (await exists(to)) throw new Error(`${to} is there already`);
  await renameFile(from, to);
}

/** True for a broken link too. */
export async function exists(path: string): Promise<boolean> {
  return (await ifThere(lstat(path))) !== null;
}

/** On Windows tries for some 5 s while another program holds the file. @throws as `rename` does. */
export async function renameFile(
  from: string,
  to: string,
  { rename, pause, isWindows }: Renaming = HERE,
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
