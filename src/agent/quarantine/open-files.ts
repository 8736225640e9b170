import { constants } from "node:fs";
import { open, readdir, readlink, realpath } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CommandFailedError } from "../commands/command-failed-error.ts";
import type { FoundFile } from "../files/find-files.ts";

/** libuv's UV_FS_O_EXLOCK, which Node passes on: Windows then opens a file only if nobody else has. */
const WINDOWS_SHARE_NOTHING = 0x10000000;
const LOOK_EVERY_MS = 250;
/** A virus scanner or a backup lets go of a file after a moment. */
const PATIENCE_MS = 5_000;

/**
 * Waits until no program has any of the files open, and returns them.
 * @throws CommandFailedError `database_in_use` naming one that stays open.
 */
export async function waitUntilClosed(
  find: () => Promise<FoundFile[]>,
  signal: AbortSignal,
): Promise<FoundFile[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const files = await find();
    const inUse = process.platform === "win32" ? await findLocked(files) : await findOpen(files);
    if (inUse === null) return files;
    if (performance.now() >= deadline) throw new CommandFailedError("database_in_use", inUse);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function findLocked(files: readonly FoundFile[]): Promise<string | null> {
  for (const { path } of files) {
    try {
      const handle = await open(path, constants.O_RDWR | WINDOWS_SHARE_NOTHING);
      await handle.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return (error as Error).message;
    }
  }
  return null;
}

/** Linux moves open files too; who has them open is in /proc, as far as the agent may look. */
async function findOpen(files: readonly FoundFile[]): Promise<string | null> {
  const names = new Map<string, string>();
  for (const { path, name } of files) names.set(await realpath(path).catch(() => path), name);
  for (const processId of await listOrNothing("/proc")) {
    if (!/^\d+$/.test(processId)) continue;
    const descriptors = await listOrNothing(`/proc/${processId}/fd`);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${processId}/fd/${descriptor}`).catch(() => "");
      const name = names.get(target);
      if (name !== undefined) return `${name} is open in process ${processId}`;
    }
  }
  return null;
}

/** Processes of others are closed to the agent, and any of them may end meanwhile. */
async function listOrNothing(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
