import { readFile, realpath, rm, statfs } from "node:fs/promises";
import { join, matchesGlob, relative, sep } from "node:path";
import { writeFileAtomically } from "../../protocol/files.ts";
import type { DatabaseConfig } from "../config/config.ts";
import { ifThere } from "../files/files.ts";
import { type FoundFile, findFiles, isInside } from "../files/find-files.ts";

const CONFIGURATION_FILES = /\.config$/i;
const EMPTIED_AT_FILE = "database-emptied-at.txt";

/** Without logs, configuration, the agent's own files and the quarantine. @throws rather than finding only a part. */
export async function findDatabaseFiles(config: DatabaseConfig): Promise<FoundFile[]> {
  const { files, problems } = await findFiles(config.directory, config.files);
  if (problems.length > 0) throw new Error(problems.join("; "));
  const directory = await resolveLinks(config.directory);
  const logs = await resolveLinks(config.logs.directory);
  const protectedPaths = await Promise.all(
    [...config.protectedPaths, config.quarantineDirectory].map(resolveLinks),
  );
  const isLogFolderShared = isInside(directory, logs);
  const isLog = (path: string) => {
    if (!isInside(path, logs)) return false;
    const name = relative(logs, path).replaceAll(sep, "/");
    return !isLogFolderShared || config.logs.files.some((glob) => matchesGlob(name, glob));
  };
  return files.filter(({ name }) => {
    const path = join(directory, name);
    return (
      !CONFIGURATION_FILES.test(name) &&
      !isLog(path) &&
      !protectedPaths.some((protectedPath) => isInside(path, protectedPath))
    );
  });
}

/** A path that does not exist needs no protection. */
async function resolveLinks(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

/**
 * @param emptiedAt ms UTC when there was no database: no file is older.
 * @returns `createdAt` of the oldest file, `modifiedAt` of the last change, ms UTC; null without files.
 * @throws when the folder cannot be read.
 */
export async function readDatabaseFiles(config: DatabaseConfig, emptiedAt: number | null = null) {
  const files = await findDatabaseFiles(config);
  if (files.length === 0) return { exists: false, bytes: 0, createdAt: null, modifiedAt: null };
  return {
    exists: true,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    createdAt: Math.max(Math.min(...files.map((file) => file.createdAt)), emptiedAt ?? 0),
    modifiedAt: Math.max(...files.map((file) => file.modifiedAt)),
  };
}

/**
 * Windows gives a new file the creation time of one with its name that was moved away less than 15 s before: the new
 * database would look old. @param at ms UTC.
 */
export async function rememberEmptiedAt(stateDirectory: string, at: number): Promise<void> {
  await writeFileAtomically(join(stateDirectory, EMPTIED_AT_FILE), `${new Date(at).toISOString()}\n`, 0o600);
}

/** To be called when an older database is back. */
export async function forgetEmptiedAt(stateDirectory: string): Promise<void> {
  await rm(join(stateDirectory, EMPTIED_AT_FILE), { force: true });
}

/** @returns ms UTC; null when unknown. */
export async function readEmptiedAt(stateDirectory: string): Promise<number | null> {
  const text = await ifThere(readFile(join(stateDirectory, EMPTIED_AT_FILE), "utf8"));
  const at = Date.parse(text?.trim() ?? "");
  return Number.isNaN(at) ? null : at;
}

export type DiskSpace = Awaited<ReturnType<typeof readDiskSpace>>;

/** The free space is what an unprivileged program can use. */
export async function readDiskSpace(directory: string) {
  const stats = await statfs(directory);
  return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
}
