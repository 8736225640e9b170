import type { LogsConfig } from "../config/config.ts";
import { type FoundFile, findFiles } from "../files/find-files.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { credibleTime, isLater, type LatestEvents, mergeEvents } from "./exchange-event.ts";
import { type FollowedFile, openLogFile, resumeFile } from "./log-file.ts";
import { createLogTimeParser } from "./log-time.ts";
import { scanLogFile } from "./scan-log-file.ts";

const MAX_BYTES_PER_FILE = 16 * 1024 * 1024;
const MAX_BYTES_PER_READING = 64 * 1024 * 1024;
/** File times and log times are taken from the same clock, but not at the same moment. */
const FILE_TIME_TOLERANCE_MS = 2_000;

/** What the logs say about the exchange with the main server; times in ms UTC, null = not known. */
export interface SyncState {
  lastAttemptAt: number | null;
  lastSuccessAt: number | null;
  /** null when the last exchange succeeded, or none is known. */
  error: { at: number | null; message: string } | null;
}

export interface SyncLog {
  /** @throws when the log folder cannot be read; a file that cannot be is only reported. */
  read(): Promise<SyncState>;
  /** How much of the logs was read since the start. */
  totalBytesRead(): number;
}

/**
 * Follows the logs of a folder: the first reading goes back from the end of the newest files until the last exchange is
 * known, later ones read what was added since.
 */
export function createSyncLog(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  problems: ProblemLog,
): SyncLog {
  const parseTime = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);
  let followedFiles = new Map<string, FollowedFile>();
  let known: LatestEvents = {};
  let totalBytesRead = 0;

  async function read(): Promise<SyncState> {
    const now = Date.now();
    const found = await findFiles(config.directory, config.files);
    const fileProblems = [...found.problems];
    const stillFollowed = new Map<string, FollowedFile>();
    let openLineEvents: LatestEvents = {};
    let bytesLeft = MAX_BYTES_PER_READING;

    for (const file of found.files) {
      const followed = followedFiles.get(file.key);
      if (followed && isUntouched(file, followed)) {
        stillFollowed.set(file.key, followed);
        continue;
      }
      if (!followed && (bytesLeft <= 0 || isOlderThanKnown(file, known, now))) {
        stillFollowed.set(file.key, skipFile(file));
        continue;
      }
      try {
        const { scanned, key } = await scan(file, Math.min(MAX_BYTES_PER_FILE, bytesLeft), now);
        stillFollowed.set(key, scanned.followed);
        known = mergeEvents(known, scanned.events, now);
        openLineEvents = mergeEvents(openLineEvents, scanned.openLineEvents, now);
        bytesLeft -= scanned.bytesRead;
        totalBytesRead += scanned.bytesRead;
      } catch (error) {
        fileProblems.push(`${file.name}: ${(error as Error).message}`);
        if (followed) stillFollowed.set(file.key, followed);
      }
    }
    followedFiles = stillFollowed;
    problems.set("log files", fileProblems.length > 0 ? fileProblems.join("; ") : null);
    return toSyncState(mergeEvents(known, openLineEvents, now), now);
  }

  async function scan(file: FoundFile, maxBytes: number, now: number) {
    const opened = await openLogFile(file, config.encoding);
    try {
      const followed = await resumeFile(opened, followedFiles.get(opened.key));
      const rules = { patterns: config.patterns, parseTime, now, maxBytes };
      return { key: opened.key, scanned: await scanLogFile(opened, followed, rules) };
    } finally {
      await opened.handle.close();
    }
  }

  return { read, totalBytesRead: () => totalBytesRead };
}

function isUntouched(file: FoundFile, followed: FollowedFile): boolean {
  return !followed.hasOpenLine && file.bytes === followed.bytes && file.modifiedAt === followed.modifiedAt;
}

function isOlderThanKnown(file: FoundFile, { attempted, succeeded }: LatestEvents, now: number): boolean {
  const lastSuccessAt = credibleTime(succeeded, now);
  return (
    attempted !== undefined &&
    lastSuccessAt !== null &&
    file.modifiedAt < lastSuccessAt - FILE_TIME_TOLERANCE_MS
  );
}

function skipFile({ bytes, modifiedAt }: FoundFile): FollowedFile {
  return {
    origin: { modifiedAt },
    readBytes: bytes,
    fingerprint: null,
    bytes,
    modifiedAt,
    hasOpenLine: false,
  };
}

function toSyncState({ attempted, succeeded, failed }: LatestEvents, now: number): SyncState {
  const hasFailed = failed !== undefined && isLater(failed, succeeded, now);
  const lastExchange = hasFailed ? failed : succeeded;
  return {
    lastAttemptAt: credibleTime(attempted ?? lastExchange, now),
    lastSuccessAt: credibleTime(succeeded, now),
    error: hasFailed ? { at: credibleTime(failed, now), message: failed.message ?? failed.text } : null,
  };
}
