import { errorText } from "../../protocol/error-text.ts";
import type { Evidence } from "../../protocol/status-report.ts";
import type { LogsConfig } from "../config/config.ts";
import { type FoundFile, type FoundFiles, findFiles } from "../files/find-files.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import {
  credibleTime,
  type ExchangeEvent,
  isAfter,
  isLater,
  type LatestEvents,
  mergeEvents,
  type SkippedPart,
  withoutDisproved,
} from "./exchange-event.ts";
import { type FollowedFile, openLogFile, resumeFile, UNREAD } from "./log-file.ts";
import { createLogReading, type TaughtRules } from "./log-reading.ts";
import { scanLogFile } from "./scan-log-file.ts";
import { createWorkBudget, type WorkBudget } from "./work-budget.ts";

const LIMITS = { bytesOfFile: 128 * 1024 * 1024, bytesOfReading: 256 * 1024 * 1024 };
/** Limit for malicious logs; the rest counts as unknown. */
const MAX_CPU_MS_PER_READING = 1_000;
/** File times and log times come from one clock, but not at the same moment. */
const FILE_TIME_TOLERANCE_MS = 2_000;

export interface SyncLogOptions {
  clock?: () => number;
  limits?: typeof LIMITS;
  taught?: TaughtRules | null;
}

/** The first reading goes back until the last exchange is known; later ones read what was added. */
export function createSyncLog(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  problems: ProblemLog,
  { clock = Date.now, limits = LIMITS, taught = null }: SyncLogOptions = {},
) {
  const { matcher, timesOf } = createLogReading(config, taught, utcOffsetMinutes);
  let followedFiles = new Map<string, FollowedFile>();
  let known: LatestEvents = {};
  let totalBytesRead = 0;

  /** An unreadable folder counts as one without logs; the agent's own log says why. */
  async function read(): Promise<SyncReading> {
    const now = clock();
    const listed = await findLogs();
    if (listed === null) return toReading(known, { files: [], isPartUnread: true }, config, now);
    const fileProblems = [...listed.problems];
    const stillFollowed = new Map<string, FollowedFile>();
    let found: LatestEvents = {};
    let openLineEvents: LatestEvents = {};
    const skipped: SkippedPart[] = [];
    let bytesLeft = limits.bytesOfReading;
    const budget = createWorkBudget(MAX_CPU_MS_PER_READING);

    for (const file of listed.files) {
      const followed = followedFiles.get(file.key);
      if (followed && isUntouched(file, followed)) {
        stillFollowed.set(file.key, followed);
        continue;
      }
      const isOld = isOlderThanKnown(file, mergeEvents(known, found, now), now);
      if (!followed && (bytesLeft <= 0 || budget.isSpent() || isOld)) {
        const unread = skipFile(file);
        stillFollowed.set(file.key, unread);
        if (!isOld) skipped.push({ origin: unread.origin, endOffset: file.bytes, endedAt: file.modifiedAt });
        continue;
      }
      try {
        const { scanned, key } = await scan(file, Math.min(limits.bytesOfFile, bytesLeft), budget, now);
        stillFollowed.set(key, scanned.followed);
        found = mergeEvents(found, scanned.events, now);
        openLineEvents = mergeEvents(openLineEvents, scanned.openLineEvents, now);
        if (scanned.skipped) skipped.push(scanned.skipped);
        bytesLeft -= scanned.bytesRead;
        totalBytesRead += scanned.bytesRead;
      } catch (error) {
        fileProblems.push(`${file.name}: ${errorText(error)}`);
        if (followed) stillFollowed.set(file.key, followed);
      }
    }
    followedFiles = stillFollowed;
    problems.set("log files", fileProblems.length > 0 ? fileProblems.join("; ") : null);

    const before = withoutDisproved(known, mergeEvents(found, openLineEvents, now), now);
    known = knownAfter(skipped, mergeEvents(before, found, now), now);
    const events = mergeEvents(known, openLineEvents, now);
    const isPartUnread =
      fileProblems.length > 0 || [...stillFollowed.values()].some((followed) => followed.isPartUnread);
    return toReading(events, { files: listed.files, isPartUnread }, config, now);
  }

  /** null when the folder cannot be read: known events stay known. */
  async function findLogs(): Promise<FoundFiles | null> {
    try {
      return await findFiles(config.directory, config.files);
    } catch (error) {
      problems.set("log files", errorText(error));
      return null;
    }
  }

  async function scan(file: FoundFile, maxBytes: number, budget: WorkBudget, now: number) {
    const opened = await openLogFile(file, config.encoding);
    try {
      const followed = await resumeFile(opened, followedFiles.get(opened.key));
      const rules = { matcher, parseTime: timesOf(file), now, maxBytes, budget };
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
  return { ...UNREAD, origin: { modifiedAt }, readBytes: bytes, bytes, modifiedAt, isPartUnread: true };
}

/** The exchange with the main server by the logs; times in ms UTC, null = unknown. */
interface SyncState {
  lastAttemptAt: number | null;
  lastSuccessAt: number | null;
  /** null when the last exchange succeeded, or none is known. */
  error: { at: number | null; message: string } | null;
}

interface LogState {
  found: boolean;
  /** There are logs, but none mentions an exchange; null = unknown, as a part was not read. */
  unmatched: boolean | null;
  /** Of the last exchange; null without one. */
  evidence: Evidence | null;
  /** ms UTC; null without logs. */
  lastWrittenAt: number | null;
}

interface SyncReading {
  sync: SyncState;
  logs: LogState;
}

/** After skipped parts all events count if an exchange came later, otherwise only events that came later. */
function knownAfter(skipped: SkippedPart[], events: LatestEvents, now: number): LatestEvents {
  const isAfterAll = (event: ExchangeEvent) => skipped.every((part) => isAfter(event, part));
  const exchange = lastExchange(events, now);
  if (exchange === undefined || isAfterAll(exchange)) return events;
  return Object.fromEntries(Object.entries(events).filter(([, event]) => isAfterAll(event)));
}

function lastExchange({ succeeded, failed }: LatestEvents, now: number): ExchangeEvent | undefined {
  return failed !== undefined && isLater(failed, succeeded, now) ? failed : succeeded;
}

interface LookedAt {
  /** The last changed first. */
  files: readonly FoundFile[];
  isPartUnread: boolean;
}

function toReading(
  events: LatestEvents,
  lookedAt: LookedAt,
  { unusablePatterns }: Pick<LogsConfig, "unusablePatterns">,
  now: number,
): SyncReading {
  const { succeeded, ...others } = events;
  // Built-in patterns that replace unusable ones may report failures, but are not trusted with a success.
  const said = unusablePatterns.length > 0 ? others : events;
  const exchange = lastExchange(said, now);
  const evidence = exchange ? (exchange.isGuess ? "guess" : "known") : null;
  return { sync: toSyncState(said, now), logs: { ...toLogState(lookedAt, events), evidence } };
}

function toLogState({ files, isPartUnread }: LookedAt, { succeeded, failed }: LatestEvents) {
  const [newest] = files;
  const isSilent = newest !== undefined && succeeded === undefined && failed === undefined;
  return {
    found: newest !== undefined,
    unmatched: isSilent && isPartUnread ? null : isSilent,
    lastWrittenAt: newest?.modifiedAt ?? null,
  };
}

function toSyncState(events: LatestEvents, now: number): SyncState {
  const exchange = lastExchange(events, now);
  return {
    lastAttemptAt: credibleTime(events.attempted ?? exchange, now),
    lastSuccessAt: credibleTime(events.succeeded, now),
    error:
      exchange?.kind === "failed" ? { at: credibleTime(exchange, now), message: exchange.message } : null,
  };
}
