import type { ExchangeEventKind } from "../config/config.ts";

/** How far ahead of this machine's clock a log may be. */
export const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** Stands for the content of a file until that is cut or rewritten: offsets in one origin can be compared. */
export interface LogOrigin {
  /** ms UTC. */
  modifiedAt: number;
}

/** One line of the log about the exchange. */
export interface ExchangeEvent {
  kind: ExchangeEventKind;
  /** ms UTC; null when the line, and those before it, have no time. */
  at: number | null;
  message: string | null;
  /** The line itself. */
  text: string;
  origin: LogOrigin;
  offset: number;
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

/** Within a file the position decides, since clocks are set back; between files only the time can. */
export function isLater(event: ExchangeEvent, other: ExchangeEvent | undefined, now: number): boolean {
  if (!other) return true;
  if (event.origin === other.origin) return event.offset > other.offset;
  const difference = comparableTime(event, now) - comparableTime(other, now);
  return difference === 0 ? event.origin.modifiedAt >= other.origin.modifiedAt : difference > 0;
}

// Without a time of its own a line counts as new as its file, so that a failure is never taken for an old one.
function comparableTime(event: ExchangeEvent, now: number): number {
  return credibleTime(event, now) ?? event.origin.modifiedAt;
}

/** Puts events that were read later into those known before. */
export function mergeEvents(known: LatestEvents, found: LatestEvents, now: number): LatestEvents {
  const merged = { ...known };
  for (const event of Object.values(found)) {
    if (isLater(event, merged[event.kind], now)) merged[event.kind] = event;
  }
  return merged;
}
