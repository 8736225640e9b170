import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { platform } from "node:process";

export type ReleaseLock = () => Promise<void>;

/**
 * `command`: the right to change things on this POS server, which a command of the monitor has, or a person who restores a
 * database. `pruning`: the right to remove what lies in quarantine, or to keep it from being removed.
 */
export type LockPurpose = "command" | "pruning";

/**
 * Takes a right that one at a time has, over all processes of an agent. The system takes it back when the process ends,
 * however it ends.
 * @returns null while another has it.
 */
export async function acquireLock(purpose: LockPurpose, stateDirectory: string): Promise<ReleaseLock | null> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(lockName(purpose, await realpath(stateDirectory)));
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
  return () => release(server);
}

/** A named pipe of Windows, or an abstract socket of Linux: no file that could be left behind. */
function lockName(purpose: LockPurpose, stateDirectory: string): string {
  const hash = createHash("sha256").update(stateDirectory).digest("hex").slice(0, 32);
  const name = `poswatch-agent-${purpose}-${hash}`;
  return platform === "win32" ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
