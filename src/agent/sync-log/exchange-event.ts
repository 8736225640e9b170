import type { ExchangeEventKind } from "../config/log-patterns.ts";
import type { MatchedLine } from "./exchange-matcher.ts";

export const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** Lines written during the reading are later than its start. */
const CLOCK_JITTER_MS = 10_000;

/** The content of a file until it is cut or rewritten: offsets in one origin can be compared. */
export interface LogOrigin {
  /** ms UTC. */
  modifiedAt: number;
}

export type ExchangeEvent = MatchedLine & {
  /** ms UTC; null when neither the line nor one before it has a time. */
  at: number | null;
  /** Whether it was ever in the future: this machine's clock was set back since, or the log's is ahead. */
  wasAhead: boolean;
  origin: LogOrigin;
  offset: number;
};

export interface SkippedPart {
  origin: LogOrigin;
  endOffset: number;
  /** ms UTC: when the lines after it were written; null = unknown. */
  endedAt: number | null;
}

export type LatestEvents = Partial<Record<ExchangeEventKind, ExchangeEvent>>;

/** null for a time that is ahead of this machine's clock: it was written with a wrong clock and would look recent until then. */
export function credibleTime(event: ExchangeEvent | undefined, now: number): number | null {
  if (event?.at == null || event.at > now + CLOCK_TOLERANCE_MS) return null;
  return event.at;
}

/** Within a file the position decides, as clocks are set back. A line that is read again counts as later. */
export function isLater(event: ExchangeEvent, other: ExchangeEvent | undefined, now: number): boolean {
  if (!other) return true;
  if (event.origin === other.origin) return event.offset >= other.offset;
  const difference = comparableTime(event, now) - comparableTime(other, now);
  return difference === 0 ? event.origin.modifiedAt >= other.origin.modifiedAt : difference > 0;
}

// A line without a time counts as new as its file, so that a failure is never taken for an old one.
function comparableTime(event: ExchangeEvent, now: number): number {
  return credibleTime(event, now) ?? event.origin.modifiedAt;
}

export function isAfter(event: ExchangeEvent, skipped: SkippedPart): boolean {
  if (event.origin === skipped.origin) return event.offset >= skipped.endOffset;
  return event.at !== null && skipped.endedAt !== null && event.at >= skipped.endedAt;
}

/** Drops events in the future of later ones: they were written with a wrong clock. An attempt does not disprove a failure. */
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

/** @param found was read later. */
export function mergeEvents(known: LatestEvents, found: LatestEvents, now: number): LatestEvents {
  const merged = { ...known };
  for (const event of Object.values(found)) {
    if (isLater(event, merged[event.kind], now)) merged[event.kind] = event;
  }
  return merged;
}
