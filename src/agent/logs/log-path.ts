import { realpath, stat } from "node:fs/promises";
import { join, matchesGlob, relative, sep } from "node:path";
import { errorText } from "../../protocol/error-text.ts";
import { ARCHIVE_README } from "../../protocol/logs.ts";
import type { LogsConfig } from "../config/config.ts";

const BACKSLASH_OR_CONTROL = /[\\\p{Cc}]/u;
/** On Windows a colon also names a hidden stream of a file. */
const COLON = process.platform === "win32" ? /:/ : /^[A-Za-z]:/;

/** The log folder without links in its path, and which of its files are logs. */
export interface LogFolder {
  path: string;
  globs: readonly string[];
}

/** A name that is no log inside the log folder, or leads to something that is none. */
export class NotALogError extends Error {}

/** The log folder is not there, or cannot be read. */
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

/** Whether a name may be one of a log: relative, with `/` between its parts, never up, and matched by the globs. */
export function isLogName(name: string, globs: readonly string[]): boolean {
  const isSafe = name.isWellFormed() && !BACKSLASH_OR_CONTROL.test(name) && !COLON.test(name);
  const isPlain = name.split("/").every((part) => !["", ".", ".."].includes(part));
  const isTaken = name.toLowerCase() === ARCHIVE_README.toLowerCase();
  return isSafe && isPlain && !isTaken && globs.some((glob) => matchesGlob(name, glob));
}

/**
 * Finds where a log lies, whatever links lead there.
 * @throws NotALogError when it is none, lies outside the folder, or is no file; or why it cannot be found.
 */
export async function resolveLog({ path: folder, globs }: LogFolder, name: string): Promise<string> {
  if (!isLogName(name, globs)) throw new NotALogError(name);
  const path = await realpath(join(folder, name));
  const nameInFolder = relative(folder, path).replaceAll(sep, "/");
  if (!isLogName(nameInFolder, globs) || !(await stat(path)).isFile()) throw new NotALogError(name);
  return path;
}
