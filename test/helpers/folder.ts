import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Owner } from "./owner.ts";

/** A disk in memory, as every Linux has it. */
export const MEMORY = "/dev/shm";

/** Makes a folder, and removes it after what the test has started: tap removes a `testdir()` before. */
export function makeFolder(t: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), "poswatch-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** One on another disk, to which nothing can be moved by renaming it. */
export function makeFolderOnAnotherDisk(t: Owner): string {
  const isInMemory = statSync(tmpdir()).dev === statSync(MEMORY).dev;
  const folder = mkdtempSync(join(isInMemory ? import.meta.dirname : MEMORY, ".poswatch-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One that others may read too, wherever the checkout lies: for what is done `withoutPrivileges`. */
export function makeOpenFolder(t: Owner): string {
  const folder = makeFolder(t);
  chmodSync(folder, 0o755);
  return folder;
}

/** To the superuser every file is readable. */
export async function withoutPrivileges<Result>(read: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return await read();
  process.seteuid?.("nobody");
  return await read().finally(() => process.seteuid?.(0));
}
