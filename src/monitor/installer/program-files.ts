import { copyFile, cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { renameFile } from "../../protocol/files.ts";
import { LAUNCHER, ownFolder, type Places, versionFolder } from "./places.ts";
import type { Service } from "./service.ts";

/** Windows lets go of a program that runs only under another name. */
const ASIDE = `${LAUNCHER}.before-`;

/** Of the unpacked archive that this process runs from, such as `1.0.0`. */
export async function readOwnVersion(): Promise<string> {
  return (await readFile(join(ownFolder(), "version.txt"), "utf8")).trim();
}

/** Puts a copy of this version beside those that are installed. @returns its name, which no other has. */
export async function copyProgram(places: Places, service: Service): Promise<string> {
  const name = `${await readOwnVersion()}-${new Date().toISOString().replace(/\D/g, "").slice(0, 17)}`;
  const unfinished = versionFolder(places, ".unfinished");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(versionFolder(places, ""), { recursive: true });
  await cp(ownFolder(), unfinished, { recursive: true });
  await service.closeProgram(places.programs);
  await rename(unfinished, versionFolder(places, name));
  return name;
}

/** Has the launcher of an installed version start whichever is to run. */
export async function takeLauncher(places: Places, version: string): Promise<void> {
  const from = join(versionFolder(places, version), LAUNCHER);
  const to = join(places.programs, LAUNCHER);
  const installed = await readFile(to).catch(() => null);
  if (installed?.equals(await readFile(from))) return;
  const copy = `${to}.new`;
  await copyFile(from, copy);
  if (installed && process.platform === "win32")
    await renameFile(to, join(places.programs, `${ASIDE}${Date.now()}`));
  await renameFile(copy, to);
}

/** Removes the other versions, as far as nothing holds them. */
export async function removeOthers(places: Places, kept: readonly (string | null)[]): Promise<void> {
  const versions = await readdir(versionFolder(places, ""));
  const launchers = (await readdir(places.programs)).filter((name) => name.startsWith(ASIDE));
  const paths = [
    ...versions.filter((name) => !kept.includes(name)).map((name) => versionFolder(places, name)),
    ...launchers.map((name) => join(places.programs, name)),
  ];
  for (const path of paths) await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
