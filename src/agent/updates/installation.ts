import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeFileAtomically } from "../../protocol/files.ts";
import { ifThere } from "../files/files.ts";
import { isUnderHost } from "../machine/service-host.ts";

const PROGRAM = "agent.cjs";
const VERSIONS = "versions";

/** Where the native host runs the agent from. */
export interface Installation {
  /** The host's folder, with `current.txt` and the like. */
  folder: string;
  /** The folder name of the running version. */
  version: string;
}

/** @returns null when nothing would run another version: without the host, or outside of `versions/VERSION/agent.cjs`. */
export function findInstallation(program = process.argv[1] ?? ""): Installation | null {
  const own = dirname(program);
  const versions = dirname(own);
  if (!isUnderHost() || basename(program) !== PROGRAM || basename(versions) !== VERSIONS) return null;
  return { folder: dirname(versions), version: basename(own) };
}

export function versionsIn(folder: string): string {
  return join(folder, VERSIONS);
}

export function programOf(folder: string, version: string): string {
  return join(versionsIn(folder), version, PROGRAM);
}

/** Files beside the host (`versions.c`): to run; to go back to; known to work; gone back from; on trial until confirmed. */
export type VersionNote = "current" | "previous" | "confirmed" | "rejected" | "trial";

/** The same as in the host, which makes it a part of a path. */
const VERSION = /^(?!\.)[0-9A-Za-z.+-]{1,63}$/;

/** @returns null when there is no valid version. @throws when the file cannot be read. */
export async function readNote(folder: string, note: VersionNote): Promise<string | null> {
  const text = (await ifThere(readFile(fileOf(folder, note), "utf8"))) ?? "";
  const [line = ""] = text.replace(/^\uFEFF/, "").split(/[\r\n]/, 1);
  return VERSION.test(line.trimEnd()) ? line.trimEnd() : null;
}

/** After a power failure the file has the new or the old version; null deletes it. @throws when it cannot be written. */
export async function writeNote(folder: string, note: VersionNote, version: string | null): Promise<void> {
  const file = fileOf(folder, note);
  await (version === null ? rm(file, { force: true }) : writeFileAtomically(file, version, 0o644));
}

function fileOf(folder: string, note: VersionNote): string {
  return join(folder, `${note}.txt`);
}
