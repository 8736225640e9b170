import pLimit from "p-limit";
import type { WantedLog } from "../../protocol/logs.ts";
import { type LogFolder, NotALogError, resolveLog } from "./log-path.ts";

const PARALLEL_LOOKUPS = 8;
const MAX_NAME_CHARACTERS_SHOWN = 200;

/**
 * Looks at every name of an order before anything is read.
 * @returns what is wrong with the first wrong one; null when all are logs, or are not there (any more).
 */
export async function explainWrongOrder(
  folder: LogFolder,
  files: readonly WantedLog[],
): Promise<string | null> {
  const limit = pLimit(PARALLEL_LOOKUPS);
  const paths = await Promise.all(files.map(({ name }) => limit(() => findLog(folder, name))));
  const seen = new Set<string>();
  for (const [index, { name }] of files.entries()) {
    const path = paths[index];
    if (!path) return `${quote(name)} is not a log file inside the log folder.`;
    if (seen.has(path)) return `${quote(name)} is asked for twice.`;
    seen.add(path);
  }
  return null;
}

/** @returns its path, its name when it cannot be found (the archive will say why), null when it is no log. */
async function findLog(folder: LogFolder, name: string): Promise<string | null> {
  try {
    return await resolveLog(folder, name);
  } catch (error) {
    return error instanceof NotALogError ? null : name;
  }
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS_SHOWN));
}
