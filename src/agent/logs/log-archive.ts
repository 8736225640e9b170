import { addAbortSignal, pipeline, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ZipFile } from "yazl";
import { ARCHIVE_README, type WantedLog } from "../../protocol/logs.ts";
import { explainUnreadable, formatArchiveReadme, type UnreadableLog } from "./archive-readme.ts";
import type { LogFolder } from "./log-path.ts";
import { type OpenLog, openLog } from "./open-log.ts";
import type { Pace } from "./pace.ts";

/** Level 6 makes logs smaller by a seventh, for twice the time of the POS server's processor. */
export const COMPRESSION_LEVEL = 1;

/**
 * Streams one zip of logs, which are opened one after the other and read no faster than the zip is. What cannot be read
 * is named in a text inside it. Destroying the stream closes the log that is being read.
 */
export function createLogArchive(folder: LogFolder, wanted: readonly WantedLog[], pace: Pace): Readable {
  const zip = new ZipFile();
  const archive = pace();
  const abandonment = new AbortController();
  pipeline(zip.outputStream, archive, () => abandonment.abort());
  zip.on("error", (error) => archive.destroy(error));
  addLogs(zip, folder, wanted, abandonment.signal).catch((error: Error) => archive.destroy(error));
  return archive;
}

async function addLogs(
  zip: ZipFile,
  folder: LogFolder,
  wanted: readonly WantedLog[],
  signal: AbortSignal,
): Promise<void> {
  const unreadable: UnreadableLog[] = [];
  for (const log of wanted) {
    const problem = await addLog(zip, folder, log, signal);
    if (signal.aborted) return;
    if (problem !== null) unreadable.push({ name: log.name, problem });
  }
  if (unreadable.length > 0) zip.addBuffer(formatArchiveReadme(unreadable), ARCHIVE_README);
  zip.end();
}

/** @returns why it is missing or not whole, null when it is whole. */
async function addLog(
  zip: ZipFile,
  folder: LogFolder,
  wanted: WantedLog,
  signal: AbortSignal,
): Promise<string | null> {
  let log: OpenLog;
  try {
    log = await openLog(folder, wanted);
  } catch (error) {
    return explainUnreadable(error);
  }
  addAbortSignal(signal, log.content);
  zip.addReadStream(log.content, wanted.name, {
    mtime: zipTime(log.modifiedAt),
    compressionLevel: COMPRESSION_LEVEL,
  });
  try {
    await finished(log.content);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return log.problem();
}

/** Times before 1970, which a damaged file system can have, do not fit into a zip. */
function zipTime(modifiedAt: Date): Date {
  return new Date(Math.max(0, modifiedAt.getTime()));
}
