import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseConfig } from "../config/config.ts";
import type { FoundFile } from "../files/find-files.ts";

const PROBE_FILE = "poswatch.probe";

/**
 * Tries with an empty file whether these files can be moved to the quarantine, which it makes if missing.
 * @throws with the reason: no right to write, another disk, …
 */
export async function checkMovable(database: DatabaseConfig, files: readonly FoundFile[]): Promise<void> {
  const { directory, quarantineDirectory } = database;
  await mkdir(quarantineDirectory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(directory, PROBE_FILE), "");
    await rename(join(directory, PROBE_FILE), join(quarantineDirectory, PROBE_FILE));
  } finally {
    await removeProbe(database);
  }
  const { dev } = await stat(quarantineDirectory);
  for (const { path, name } of files) {
    if ((await stat(path)).dev !== dev)
      throw new Error(`EXDEV: ${name} is on another disk than ${quarantineDirectory}`);
  }
}

/** Removes what a killed agent left of a check. */
export async function removeProbe({ directory, quarantineDirectory }: DatabaseConfig): Promise<void> {
  for (const folder of [directory, quarantineDirectory]) await rm(join(folder, PROBE_FILE), { force: true });
}
