import type { BigIntStats, Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, matchesGlob, relative, sep } from "node:path";
import pLimit from "p-limit";
import { errorText } from "../../protocol/error-text.ts";

const PARALLEL_STATS = 8;
const MAX_FILES = 10_000;

export interface FoundFile {
  /** Relative to the folder, with `/` between its parts. */
  name: string;
  path: string;
  /** Stays the same when the file is renamed; another file under the same name has another. */
  key: string;
  bytes: number;
  createdAt: number;
  modifiedAt: number;
}

export type FoundFiles = Awaited<ReturnType<typeof findFiles>>;

/** Links are not followed. @returns at most `maxFiles`, the last changed first. @throws when the folder itself cannot be read. */
export async function findFiles(directory: string, globs: readonly string[], maxFiles = MAX_FILES) {
  const problems: string[] = [];
  const names = await findNames(directory, globs, problems);
  const limit = pLimit(PARALLEL_STATS);
  const found = await Promise.all(names.map((name) => limit(() => describeFile(directory, name, problems))));
  const files = found.filter((file) => file !== null).sort((a, b) => b.modifiedAt - a.modifiedAt);
  if (files.length > maxFiles)
    problems.push(`more than ${maxFiles} files in ${directory}; older ones are ignored`);
  return { files: files.slice(0, maxFiles), problems };
}

async function findNames(directory: string, globs: readonly string[], problems: string[]): Promise<string[]> {
  const names: string[] = [];
  const subfolders = [""];
  for (const subfolder of subfolders) {
    for (const entry of await readEntries(directory, subfolder, problems)) {
      const name = subfolder ? `${subfolder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) subfolders.push(name);
      else if (entry.isFile() && globs.some((glob) => matchesGlob(name, glob))) names.push(name);
    }
  }
  return names;
}

async function readEntries(directory: string, subfolder: string, problems: string[]): Promise<Dirent[]> {
  try {
    return await readdir(join(directory, subfolder), { withFileTypes: true });
  } catch (error) {
    if (subfolder === "") throw error;
    problems.push(errorText(error));
    return [];
  }
}

async function describeFile(directory: string, name: string, problems: string[]): Promise<FoundFile | null> {
  const path = join(directory, name);
  try {
    const stats = await stat(path, { bigint: true });
    return {
      name,
      path,
      key: fileKey(stats),
      bytes: Number(stats.size),
      createdAt: creationTime(stats),
      modifiedAt: Number(stats.mtimeMs),
    };
  } catch (error) {
    // The file was rotated away since its folder was listed.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") problems.push(errorText(error));
    return null;
  }
}

/** Identifies a file on this machine whatever its name; a reused inode has another birth time. */
export function fileKey(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.birthtimeMs}`;
}

function creationTime(stats: BigIntStats): number {
  // Some file systems of Linux do not know when a file was made and say 1970.
  return Number(stats.birthtimeMs > 0n ? stats.birthtimeMs : stats.ctimeMs);
}

/** Whether an absolute path is a folder or somewhere inside it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
