import { lstat, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { renameFile } from "../../protocol/rename-file.ts";
import { ifThere } from "./if-there.ts";

/** @throws when the target exists. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // rename() would replace it silently.
  if (await exists(to)) throw new Error(`${to} is there already`);
  await renameFile(from, to);
}

/** True for a broken link too. */
export async function exists(path: string): Promise<boolean> {
  return (await ifThere(lstat(path))) !== null;
}
