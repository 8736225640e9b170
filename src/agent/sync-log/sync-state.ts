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

/** What the logs say about the exchange with the main server; times in ms UTC, null = not known. */
export interface SyncState {
  lastAttemptAt: number | null;
  lastSuccessAt: number | null;
  /** null when the last exchange succeeded, or none is known. */
  error: { at: number | null; message: string } | null;
}

/** What is known of the logs themselves. */
export interface LogState {
  found: boolean;
  /** There are logs, but nothing in them tells of an exchange; null = not known, since some of them was not read. */
  unmatched: boolean | null;
  /** By what the last exchange is known; null = none is. */
  evidence: Evidence | null;
  /** ms UTC; null without logs. */
  lastWrittenAt: number | null;
}

export interface SyncReading {
  sync: SyncState;
  logs: LogState;
}

/** What stays known when parts were skipped: everything once an exchange came after them, before that only what did. */
export function knownAfter(skipped: SkippedPart[], events: LatestEvents, now: number): LatestEvents {
  const isAfterAll = (event: ExchangeEvent) => skipped.every((part) => isAfter(event, part));
  const exchange = lastExchange(events, now);
  if (exchange === undefined || isAfterAll(exchange)) return events;
  return Object.fromEntries(Object.entries(events).filter(([, event]) => isAfterAll(event)));
}

function lastExchange({ succeeded, failed }: LatestEvents, now: number): ExchangeEvent | undefined {
  return failed !== undefined && isLater(failed, succeeded, now) ? failed : succeeded;
}

export interface LookedAt {
  /** The last changed first. */
  files: readonly FoundFile[];
  isPartUnread: boolean;
}

/** Reads what events say about the exchange and about the logs themselves. */
export function toReading(
  events: LatestEvents,
  lookedAt: LookedAt,
  config: Pick<LogsConfig, "unusablePatterns">,
  now: number,
): SyncReading {
  const said = claimed(events, config);
  const exchange = lastExchange(said, now);
  const evidence = exchange ? (exchange.isGuess ? "guess" : "known") : null;
  return { sync: toSyncState(said, now), logs: { ...toLogState(lookedAt, events), evidence } };
}

/** Built-in patterns that stand in for those of this POS server may find its failures, but are not trusted with a success. */
function claimed(
  events: LatestEvents,
  { unusablePatterns }: Pick<LogsConfig, "unusablePatterns">,
): LatestEvents {
  const { succeeded, ...others } = events;
  return unusablePatterns.length > 0 ? others : events;
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
