import type { ExchangeEventKind } from "../config/log-patterns.ts";
import type { MatchedLine } from "./exchange-matcher.ts";

/** How far ahead of this machine's clock a log may be. */
export const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** What was written while the log was read lies ahead of when that began. */
const CLOCK_JITTER_MS = 10_000;

/** Stands for the content of a file until that is cut or rewritten: offsets in one origin can be compared. */
export interface LogOrigin {
  /** ms UTC. */
  modifiedAt: number;
}

/** One line of the log about the exchange. */
export type ExchangeEvent = MatchedLine & {
  /** ms UTC; null when the line, and those before it, have no time. */
  at: number | null;
  /** Whether it was ever seen to lie in the future: this machine's clock was set back since, or the log's is ahead. */
  wasAhead: boolean;
  origin: LogOrigin;
  offset: number;
};

/** A part of a log that nobody read. */
export interface SkippedPart {
  origin: LogOrigin;
  endOffset: number;
  /** ms UTC: when what follows it was written; null = not known. */
  endedAt: number | null;
}

export type LatestEvents = Partial<Record<ExchangeEventKind, ExchangeEvent>>;

/**
 * The time of an event if it can be true: a time ahead of this machine's clock was written when the clock was wrong,
 * and would look recent for as long as it lies ahead.
 */
export function credibleTime(event: ExchangeEvent | undefined, now: number): number | null {
  if (event?.at == null || event.at > now + CLOCK_TOLERANCE_MS) return null;
  return event.at;
}

/**
 * Within a file the position decides, since clocks are set back; between files only the time can. The same line counts
 * as later when it was read again.
 */
export function isLater(event: ExchangeEvent, other: ExchangeEvent | undefined, now: number): boolean {
  if (!other) return true;
  if (event.origin === other.origin) return event.offset >= other.offset;
  const difference = comparableTime(event, now) - comparableTime(other, now);
  return difference === 0 ? event.origin.modifiedAt >= other.origin.modifiedAt : difference > 0;
}

// Without a time of its own a line counts as new as its file, so that a failure is never taken for an old one.
function comparableTime(event: ExchangeEvent, now: number): number {
  return credibleTime(event, now) ?? event.origin.modifiedAt;
}

/** Whether an event comes after a part of a log that was not read. */
export function isAfter(event: ExchangeEvent, skipped: SkippedPart): boolean {
  if (event.origin === skipped.origin) return event.offset >= skipped.endOffset;
  return event.at !== null && skipped.endedAt !== null && event.at >= skipped.endedAt;
}

/**
 * Leaves out of what was known before what lies in the future of something that was read after it: it was written while
 * the clock was wrong, and would outlive everything that is true. That an exchange began proves nothing against a failure.
 */
export function withoutDisproved(known: LatestEvents, found: LatestEvents, now: number): LatestEvents {
  const isLaterThan = (event: ExchangeEvent, other: ExchangeEvent) =>
    (credibleTime(other, now) ?? Number.POSITIVE_INFINITY) >= writtenAt(event);
  const isTrue = (event: ExchangeEvent) => {
    event.wasAhead ||= writtenAt(event) > now + CLOCK_JITTER_MS;
    const { attempted, ...exchanges } = found;
    const against = Object.values(event.kind === "failed" ? exchanges : found);
    return !event.wasAhead || against.every((other) => isLaterThan(event, other));
  };
  return Object.fromEntries(Object.entries(known).filter(([, event]) => isTrue(event)));
}

function writtenAt({ at, origin }: ExchangeEvent): number {
  return at ?? origin.modifiedAt;
}

/** Puts events that were read later into those known before. */
export function mergeEvents(known: LatestEvents, found: LatestEvents, now: number): LatestEvents {
  const merged = { ...known };
  for (const event of Object.values(found)) {
    if (isLater(event, merged[event.kind], now)) merged[event.kind] = event;
  }
  return merged;
}
