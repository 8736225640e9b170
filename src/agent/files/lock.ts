import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants, open, realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type ReleaseLock = () => Promise<void>;

/**
 * `command`: the right to change things on this POS server, which a command of the monitor has, or a person who restores a
 * database. `pruning`: the right to remove what lies in quarantine, or to keep it from being removed.
 */
type LockPurpose = "command" | "pruning";

/** `UV_FS_O_EXLOCK` of libuv, which Node has no name for: nobody else opens the file meanwhile. */
const EXCLUSIVE = 0x10000000;
/** A virus scanner has the file for a moment too. */
const TRIES = 10;
const AGAIN_MS = 100;

/**
 * Takes a right that one at a time has, over all processes of an agent. The system takes it back when the process ends,
 * however it ends.
 * @returns null while another has it.
 */
export async function acquireLock(purpose: LockPurpose, stateDirectory: string): Promise<ReleaseLock | null> {
  return process.platform === "win32"
    ? await lockFile(join(stateDirectory, `${purpose}.lock`))
    : await lockSocket(purpose, await realpath(stateDirectory));
}

/** A file of the state folder, which only those get at who may have the right. It stays, as nothing but an empty file. */
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

/** An abstract socket of Linux: no file that could be left behind. */
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
