import { realpath } from "node:fs/promises";
import { join, matchesGlob, relative, sep } from "node:path";
import type { DatabaseConfig } from "../config/config.ts";
import { type FoundFile, findFiles } from "../files/find-files.ts";
import { isInside } from "../files/is-inside.ts";

const CONFIGURATION_FILES = /\.config$/i;

/**
 * Finds the files of the database: those that its globs match, but never logs, configuration, what the agent keeps for
 * itself, or what lies in quarantine. Links are not followed.
 * @throws when the folder or a part of it cannot be read: nobody may take some of the files for the whole database.
 */
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

async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // What is not there needs no protection.
    return path;
  }
}
