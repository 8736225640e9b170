import { existsSync } from "node:fs";
import { join } from "node:path";

/** What is to take the place of the database and its key, from the first change of theirs to the last. */
export function unfinishedRestore(dataDir: string): string {
  return join(dataDir, "restore-unfinished");
}

/** @throws Error with what to do when a restore was cut off while it replaced the database. */
export function requireFinishedRestore(dataDir: string): void {
  const folder = unfinishedRestore(dataDir);
  if (!existsSync(folder)) return;
  throw new Error(
    `A backup was being restored into ${dataDir} and was not finished: ${folder} is still there. Restore it again: npm run restore -- FILE.`,
  );
}
