import { mkdtempSync, rmSync } from "node:fs";
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
