import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory, writeFileAtomically } from "../files/write-file-atomically.ts";
import { type Installation, programOf, versionsIn } from "./installation.ts";
import type { OpenedUpdate } from "./open-update.ts";
import { readNote, type VersionNote, writeNote } from "./version-notes.ts";

/**
 * Has the host run another version from the next start on. Each step is on the disk before the next one: whatever cuts it short, the
 * host runs this version or the other.
 * @throws when it cannot be written; all is as it was then.
 */
export async function putInPlace(
  { folder, version: running }: Installation,
  { version, code }: OpenedUpdate,
): Promise<void> {
  const before = await readNotes(folder);
  const program = programOf(folder, version);
  try {
    await mkdir(dirname(program), { recursive: true });
    await writeFileAtomically(program, code, 0o644);
    await syncDirectory(versionsIn(folder));
    await writeNote(folder, "trial", version);
    await writeNote(folder, "previous", running);
    await writeNote(folder, "current", version);
  } catch (error) {
    await putBack(folder, before, dirname(program)).catch(() => undefined); // why it was not written says more
    throw error;
  }
}

/** What the host would run is put back first. */
const NOTES = ["current", "previous", "trial"] as const satisfies VersionNote[];
type Notes = Record<(typeof NOTES)[number], string | null>;

async function readNotes(folder: string): Promise<Notes> {
  return {
    current: await readNote(folder, "current"),
    previous: await readNote(folder, "previous"),
    trial: await readNote(folder, "trial"),
  };
}

/** The code, which no note names any more, goes last. */
async function putBack(folder: string, before: Notes, added: string): Promise<void> {
  const now = await readNotes(folder);
  for (const note of NOTES) if (now[note] !== before[note]) await writeNote(folder, note, before[note]);
  await rm(added, { recursive: true, force: true });
}
