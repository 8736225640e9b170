import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../files/write-file-atomically.ts";

/**
 * A version, in a line of a file beside the host (`windows-service/versions.c`): to be run, to go back to, once in use, gone back
 * from, brought by an update and to be confirmed in time.
 */
export type VersionNote = "current" | "previous" | "confirmed" | "rejected" | "trial";

/** As the host has it, which makes it a part of a path. */
const VERSION = /^(?!\.)[0-9A-Za-z.+-]{1,63}$/;

/** @returns null when nothing is noted, or what is no version. @throws when it cannot be read. */
export async function readNote(folder: string, note: VersionNote): Promise<string | null> {
  try {
    const text = await readFile(fileOf(folder, note), "utf8");
    const [line = ""] = text.replace(/^\uFEFF/, "").split(/[\r\n]/, 1);
    return VERSION.test(line.trimEnd()) ? line.trimEnd() : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Notes it so that a power failure leaves this or what was noted before; null = nothing any more. @throws when it cannot be written. */
export async function writeNote(folder: string, note: VersionNote, version: string | null): Promise<void> {
  const file = fileOf(folder, note);
  await (version === null ? rm(file, { force: true }) : writeFileAtomically(file, version, 0o644));
}

function fileOf(folder: string, note: VersionNote): string {
  return join(folder, `${note}.txt`);
}
