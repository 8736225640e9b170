import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Installation, versionsIn } from "./installation.ts";
import { readNote, writeNote } from "./version-notes.ts";

/** Beside a virus scanner. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10 };

/**
 * Tells the host that this version has served the monitor, so that it is kept whatever happens to it, names it the current one where a
 * power failure has left none, and removes versions that nobody goes back to.
 * @throws when that cannot be read, written or removed.
 */
export async function confirmVersion({ folder, version }: Installation): Promise<void> {
  if ((await readNote(folder, "confirmed")) !== version) await writeNote(folder, "confirmed", version);
  if ((await readNote(folder, "trial")) === version) await writeNote(folder, "trial", null);
  const current = await readNote(folder, "current");
  if (current === null) await writeNote(folder, "current", version);
  const kept = [version, current, await readNote(folder, "previous")];
  const versions = versionsIn(folder);
  for (const entry of await readdir(versions, { withFileTypes: true }))
    if (entry.isDirectory() && !kept.includes(entry.name)) await rm(join(versions, entry.name), REMOVAL);
}
