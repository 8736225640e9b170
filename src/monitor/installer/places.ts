import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What of an installed version can be run. */
export const LAUNCHER = process.platform === "win32" ? "poswatch.exe" : "poswatch";
/** In the data folder: what was compiled of the versions that have run. */
export const COMPILED = "compile-cache";
/** Names a folder of `versions`. */
const VERSION_FILE = "version.txt";
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]*$/;

/**
 * Where an installed Poswatch is; its launcher knows the same. `programs` belongs to administrators and has the launcher,
 * `versions/`, and in `version.txt` the version that was installed last. The `version.txt` of `data` names the version that
 * has proved itself, which is the one to run.
 */
export interface Places {
  programs: string;
  data: string;
}

/** @returns null when this process was started from the sources. */
export function findPlaces(env: NodeJS.ProcessEnv): Places | null {
  const { POSWATCH_PROGRAMS: programs, POSWATCH_DATA: data } = env;
  return programs && data ? { programs, data } : null;
}

/** The unpacked archive, or the installed version, that this process runs from. */
export const ownFolder = (): string => dirname(process.execPath);

/** @returns the name of the installed version that this process runs from; null = it is not installed. */
export function ownVersion({ programs }: Places): string | null {
  const folder = ownFolder();
  return dirname(folder) === join(programs, "versions") ? basename(folder) : null;
}

/** @returns null where none is named that is there. */
export function readVersion(places: Places, of: keyof Places): string | null {
  const file = versionFile(places, of);
  const name = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return VERSION.test(name) && existsSync(join(versionFolder(places, name), "app")) ? name : null;
}

export function versionFile(places: Places, of: keyof Places): string {
  return join(places[of], VERSION_FILE);
}

export function versionFolder({ programs }: Places, name: string): string {
  return join(programs, "versions", name);
}
