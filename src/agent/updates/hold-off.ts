import type { Commands } from "../commands/commands.ts";
import { acquireLock, type ReleaseLock } from "../files/lock.ts";
import type { OpenArchives } from "../logs/open-archives.ts";

export interface HeldOff {
  stateDirectory: string;
  commands: Pick<Commands<never, unknown>, "isResuming">[];
  archives: Pick<OpenArchives, "holdOff">;
}

/**
 * Keeps commands and archives of logs from beginning.
 * @returns how to let them again; null while there is one, or one that the last end of the agent cut short.
 */
export async function holdOff({ stateDirectory, commands, archives }: HeldOff): Promise<ReleaseLock | null> {
  for (const { isResuming } of commands) if (await isResuming()) return null;
  const releaseLock = await acquireLock("command", stateDirectory);
  if (!releaseLock) return null;
  const letArchives = archives.holdOff();
  if (!letArchives) {
    await releaseLock();
    return null;
  }
  return async () => {
    letArchives();
    await releaseLock();
  };
}
