import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants, open, realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type ReleaseLock = () => Promise<void>;

/** `command`: to change this POS server. `pruning`: to delete folders in quarantine, or to keep them from being deleted. */
type LockPurpose = "command" | "pruning";

/** libuv's `UV_FS_O_EXLOCK`, which Node has no name for: nobody else can open the file meanwhile. */
const EXCLUSIVE = 0x10000000;
/** A virus scanner opens the file for a moment too. */
const TRIES = 10;
const AGAIN_MS = 100;

/**
 * Held by one at a time, in this or another process of the agent, until it is released or the process ends.
 * @returns null while it is held.
 */
export async function acquireLock(purpose: LockPurpose, stateDirectory: string): Promise<ReleaseLock | null> {
  return process.platform === "win32"
    ? await lockFile(join(stateDirectory, `${purpose}.lock`))
    : await lockSocket(purpose, await realpath(stateDirectory));
}

/** In the state folder, which only those who may take the lock can write to. The empty file stays. */
async function lockFile(file: string): Promise<ReleaseLock | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      const handle = await open(file, constants.O_RDWR | constants.O_CREAT | EXCLUSIVE, 0o600);
      return () => handle.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
      if (tries === TRIES) return null;
      await delay(AGAIN_MS);
    }
  }
}

/** An abstract socket of Linux: it leaves no file behind. */
async function lockSocket(purpose: LockPurpose, stateDirectory: string): Promise<ReleaseLock | null> {
  const hash = createHash("sha256").update(stateDirectory).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(`\0poswatch-agent-${purpose}-${hash}`);
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
  return () => new Promise((resolve) => server.close(() => resolve()));
}
