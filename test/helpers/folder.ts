import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Owner } from "./owner.ts";

/**
 * Makes a folder for what a test starts, and removes it after that has ended; tap removes a `testdir()` before, and
 * stumbles over what is still written there.
 */
export function makeFolder(t: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), "poswatch-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
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
