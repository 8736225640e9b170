import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { platform } from "node:process";

export type ReleaseLock = () => Promise<void>;

/**
 * Takes the right to change things on this POS server, which one at a time has: a command of the monitor, or a person
 * who restores a database. The system takes it back when the process ends, however it ends.
 * @returns null while another has it.
 */
export async function acquireCommandLock(stateDirectory: string): Promise<ReleaseLock | null> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(lockName(await realpath(stateDirectory)));
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
  return () => release(server);
}

/** A named pipe of Windows, or an abstract socket of Linux: no file that could be left behind. */
function lockName(stateDirectory: string): string {
  const name = `poswatch-agent-${createHash("sha256").update(stateDirectory).digest("hex").slice(0, 32)}`;
  return platform === "win32" ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
