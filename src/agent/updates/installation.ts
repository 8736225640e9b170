import { readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ifThere } from "../files/if-there.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import { isUnderHost } from "../machine/service-host.ts";

const PROGRAM = "agent.cjs";
const VERSIONS = "versions";

/** Where the native host runs the agent from, which looks there for what to run next. */
export interface Installation {
  /** That of the host, with `current.txt` and the like. */
  folder: string;
  /** The folder of the version that runs, by which the host knows it. */
  version: string;
}

/** @returns null when nothing would run another version: without the host, or from elsewhere than `versions/VERSION/agent.cjs`. */
export function findInstallation(program = process.argv[1] ?? ""): Installation | null {
  const own = dirname(program);
  const versions = dirname(own);
  if (!isUnderHost() || basename(program) !== PROGRAM || basename(versions) !== VERSIONS) return null;
  return { folder: dirname(versions), version: basename(own) };
}

/** The folder of all versions. */
export function versionsIn(folder: string): string {
  return join(folder, VERSIONS);
}

/** What the host runs of a version. */
export function programOf(folder: string, version: string): string {
  return join(versionsIn(folder), version, PROGRAM);
}

/**
 * A version, in a line of a file beside the host (`windows-service/versions.c`): to be run, to go back to, once in use, gone back
 * from, brought by an update and to be confirmed in time.
 */
export type VersionNote = "current" | "previous" | "confirmed" | "rejected" | "trial";

/** As the host has it, which makes it a part of a path. */
const VERSION = /^(?!\.)[0-9A-Za-z.+-]{1,63}$/;

/** @returns null when nothing is noted, or what is no version. @throws when it cannot be read. */
export async function readNote(folder: string, note: VersionNote): Promise<string | null> {
  const text = (await ifThere(readFile(fileOf(folder, note), "utf8"))) ?? "";
  const [line = ""] = text.replace(/^\uFEFF/, "").split(/[\r\n]/, 1);
  return VERSION.test(line.trimEnd()) ? line.trimEnd() : null;
}

/** Notes it so that a power failure leaves this or what was noted before; null = nothing any more. @throws when it cannot be written. */
export async function writeNote(folder: string, note: VersionNote, version: string | null): Promise<void> {
  const file = fileOf(folder, note);
  await (version === null ? rm(file, { force: true }) : writeFileAtomically(file, version, 0o644));
}

function fileOf(folder: string, note: VersionNote): string {
  return join(folder, `${note}.txt`);
}
