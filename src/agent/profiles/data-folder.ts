import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Profile } from "./profile.ts";

const ACCOUNT = "{account}";

/** Paths of a profile with variables filled in, without those of another system. */
export function pathsHere(paths: readonly string[], variables: NodeJS.ProcessEnv = process.env): string[] {
  const expand = (path: string) =>
    path.replace(/%(\w+)%/g, (whole, name: string) => variables[name] ?? whole);
  return paths.map(expand).filter((path) => isAbsolute(path));
}

/** Where a POS server may keep its data, most likely first. */
export function dataFolderCandidates({ dataFolders, accounts }: Profile): string[] {
  return dataFolders.flatMap((folder) =>
    folder.includes(ACCOUNT) ? accounts.map((account) => folder.replace(ACCOUNT, account)) : [folder],
  );
}

/** The same in a given account's folder, wherever Windows has it. */
export function dataFoldersIn({ dataFolders }: Profile, accountFolder: string): string[] {
  const below = dataFolders.flatMap((folder) => folder.split(ACCOUNT).slice(1));
  return [...new Set(below)].map((rest) => accountFolder + rest);
}

/** The last written one, as another account may have left its own; if none exists, the first, so that messages name it. */
export async function chooseDataFolder(
  candidates: readonly string[],
  logFolder: string,
): Promise<string | undefined> {
  let chosen = candidates[0];
  let writtenAt = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const times = await Promise.all([lastWrittenAt(candidate), lastWrittenAt(join(candidate, logFolder))]);
    const latest = Math.max(...times);
    if (latest > writtenAt) [chosen, writtenAt] = [candidate, latest];
  }
  return chosen;
}

/** ms UTC of the last change to a folder or its direct content. */
async function lastWrittenAt(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => null);
  // A folder that cannot be read is no candidate; if none is left, reading the chosen one reports why.
  if (names === null) return Number.NEGATIVE_INFINITY;
  const paths = [folder, ...names.map((name) => join(folder, name))];
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
  return found.reduce(
    (latest, stats) => Math.max(latest, stats?.mtimeMs ?? latest),
    Number.NEGATIVE_INFINITY,
  );
}
