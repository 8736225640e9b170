import { realpath, stat } from "node:fs/promises";
import { join, matchesGlob, relative, sep } from "node:path";
import { errorText } from "../../protocol/error-text.ts";
import { ARCHIVE_README } from "../../protocol/logs.ts";
import type { LogsConfig } from "../config/config.ts";

const BACKSLASH_OR_CONTROL = /[\\\p{Cc}]/u;
/** On Windows a colon also names an alternate stream of a file. */
const COLON = process.platform === "win32" ? /:/ : /^[A-Za-z]:/;

/** `path` has no links in it; the files that the globs match are logs. */
export interface LogFolder {
  path: string;
  globs: readonly string[];
}

/** The name is no log inside the log folder, or links to something else. */
export class NotALogError extends Error {}

export class LogFolderError extends Error {
  constructor(cause: unknown) {
    super(`Log folder: ${errorText(cause)}`, { cause });
  }
}

/** @throws LogFolderError */
export async function findLogFolder({ directory, files }: LogsConfig): Promise<LogFolder> {
  try {
    return { path: await realpath(directory), globs: files };
  } catch (error) {
    throw new LogFolderError(error);
  }
}

/** Whether a log may have this name: relative, with `/` between its parts, no `..`, and matched by the globs. */
export function isLogName(name: string, globs: readonly string[]): boolean {
  const isSafe = name.isWellFormed() && !BACKSLASH_OR_CONTROL.test(name) && !COLON.test(name);
  const isPlain = name.split("/").every((part) => !["", ".", ".."].includes(part));
  const isTaken = name.toLowerCase() === ARCHIVE_README.toLowerCase();
  return isSafe && isPlain && !isTaken && globs.some((glob) => matchesGlob(name, glob));
}

/** Follows links. @throws NotALogError when it is no log, outside the folder, or no file; else the system's error. */
export async function resolveLog({ path: folder, globs }: LogFolder, name: string): Promise<string> {
  if (!isLogName(name, globs)) throw new NotALogError(name);
  const path = await realpath(join(folder, name));
  const nameInFolder = relative(folder, path).replaceAll(sep, "/");
  if (!isLogName(nameInFolder, globs) || !(await stat(path)).isFile()) throw new NotALogError(name);
  return path;
}
