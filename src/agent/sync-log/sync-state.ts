import type { Evidence } from "../../protocol/status-report.ts";
import type { LogsConfig } from "../config/config.ts";
import type { FoundFile } from "../files/find-files.ts";
import {
  credibleTime,
  type ExchangeEvent,
  isAfter,
  isLater,
  type LatestEvents,
  type SkippedPart,
} from "./exchange-event.ts";

/** The exchange with the main server by the logs; times in ms UTC, null = unknown. */
export interface SyncState {
  lastAttemptAt: number | null;
  lastSuccessAt: number | null;
  /** null when the last exchange succeeded, or none is known. */
  error: { at: number | null; message: string } | null;
}

export interface LogState {
  found: boolean;
  /** There are logs, but none mentions an exchange; null = unknown, as a part was not read. */
  unmatched: boolean | null;
  /** Of the last exchange; null without one. */
  evidence: Evidence | null;
  /** ms UTC; null without logs. */
  lastWrittenAt: number | null;
}

export interface SyncReading {
  sync: SyncState;
  logs: LogState;
}

/** After skipped parts all events count if an exchange came later, otherwise only events that came later. */
export function knownAfter(skipped: SkippedPart[], events: LatestEvents, now: number): LatestEvents {
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

export function toReading(
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
