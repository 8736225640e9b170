import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DatabaseConfig } from "../config.ts";
import type { FoundFile } from "../find-files.ts";

/**
 * Tries with an empty file whether files can be moved into the quarantine, which it makes where it is missing.
 * @throws with the reason: no right to write, another disk, …
 */
export async function checkMovable(
  { directory, quarantineDirectory }: DatabaseConfig,
  files: readonly FoundFile[],
): Promise<void> {
  await mkdir(quarantineDirectory, { recursive: true, mode: 0o700 });
  const probe = join(directory, `poswatch-${process.pid}.probe`);
  const moved = join(quarantineDirectory, basename(probe));
  try {
    await writeFile(probe, "");
    await rename(probe, moved);
  } finally {
    await Promise.all([probe, moved].map((path) => rm(path, { force: true })));
  }
  const { dev } = await stat(quarantineDirectory);
  for (const { path, name } of files) {
    if ((await stat(path)).dev !== dev)
      throw new Error(`EXDEV: ${name} is on another disk than ${quarantineDirectory}`);
  }
}
