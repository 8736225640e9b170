import { rename } from "node:fs/promises";
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
