import { decodeLines, type FileEncoding, type LogLine } from "../../protocol/decode-lines.ts";
import type { ExchangeEventKind } from "../config/log-patterns.ts";
import type { ExchangeEvent, LatestEvents, LogOrigin } from "./exchange-event.ts";
import type { ExchangeMatcher, MatchedLine } from "./exchange-matcher.ts";
import { MAX_CONTINUATION_LINES, matchEntry } from "./log-entry.ts";
import type { LogTimeParser } from "./log-time.ts";
import type { LineBlock } from "./read-blocks-backwards.ts";
import { createWordSearch } from "./word-search.ts";

/** How far above a line without a time its time is looked for. */
const MAX_LINES_WITHOUT_TIME = 500;
/** Of the oldest block: room for the lines that continue the last one of the block before. */
const HEAD_BYTES = 16 * 1024;

export interface CollectorRules {
  matcher: ExchangeMatcher;
  parseTime: LogTimeParser;
  /** ms UTC. */
  now: number;
}

interface WaitingEvent {
  event: ExchangeEvent;
  target: LatestEvents;
}

export interface EventCollector {
  /** The latest of each kind so far. */
  events: LatestEvents;
  /** What a last line says that may still grow. */
  addOpenLine(line: LogLine): LatestEvents;
  /** @returns whether everything that matters is known. */
  addBlock(block: LineBlock): boolean;
  /** The first lines of the last block that did not tell all; the last of these may be cut. */
  oldestLines(): LogLine[];
}

/** Keeps the latest event of each kind from blocks of a file that come newest first. */
export function createEventCollector(
  origin: LogOrigin,
  encoding: FileEncoding,
  { matcher, parseTime, now }: CollectorRules,
): EventCollector {
  const hasWords = createWordSearch(matcher.words, encoding);
  const events: LatestEvents = {};
  // Lines that have no time of their own: that of the entry which they continue is above them.
  let waiting: WaitingEvent[] = [];
  let linesWithoutTime = 0;
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  let oldest = { bytes: head.subarray(0, 0), offset: 0 };

  function addBlock({ bytes, offset }: LineBlock): boolean {
    if (waiting.length > 0 || hasWords(bytes)) {
      const lines = decodeLines(bytes, offset, encoding);
      for (let index = lines.length - 1; index >= 0; index -= 1) {
        addLine(lines[index] as LogLine, () => continuation(lines, index), events);
        if (events.succeeded && events.attempted && waiting.length === 0) return true;
      }
    }
    oldest = { bytes: head.subarray(0, bytes.copy(head)), offset };
    return false;
  }

  function oldestLines(): LogLine[] {
    return decodeLines(oldest.bytes, oldest.offset, encoding);
  }

  /** The lines below one that have no time. */
  function continuation(lines: LogLine[], index: number): string[] {
    const below = lines.slice(index + 1, index + 1 + MAX_CONTINUATION_LINES);
    if (below.length < MAX_CONTINUATION_LINES) below.push(...oldestLines());
    const texts = below.slice(0, MAX_CONTINUATION_LINES).map(({ text }) => text);
    const end = texts.findIndex((text) => parseTime(text, now) !== null);
    return end < 0 ? texts : texts.slice(0, end);
  }

  function addLine(line: LogLine, continued: () => string[], target: LatestEvents): void {
    const matched = matchEntry(line.text, continued, matcher);
    if (!matched && waiting.length === 0) return;
    const at = parseTime(line.text, now);
    if (at !== null) {
      addEntry(matched && { ...toEvent(matched, line), at }, at, target);
      return;
    }
    if (matched) wait({ event: toEvent(matched, line), target });
    linesWithoutTime += 1;
    if (linesWithoutTime >= MAX_LINES_WITHOUT_TIME) settle(null);
  }

  /** @param event what its first line says, together with those that continue it. */
  function addEntry(event: ExchangeEvent | null, at: number, target: LatestEvents): void {
    // An entry must not look healthier than any of its lines.
    if (event) waiting = waiting.filter((other) => isWorse(other.event.kind, event.kind));
    settle(at);
    if (event) target[event.kind] ??= event;
  }

  function wait(added: WaitingEvent): void {
    if (waiting.length === 0) linesWithoutTime = 0;
    waiting.push(added);
  }

  function settle(at: number | null): void {
    for (const { event, target } of waiting) target[event.kind] ??= { ...event, at };
    waiting = [];
  }

  function toEvent(matched: MatchedLine, line: LogLine): ExchangeEvent {
    return { ...matched, at: null, wasAhead: false, text: line.text, origin, offset: line.offset };
  }

  return {
    events,
    addBlock,
    oldestLines,
    addOpenLine(line) {
      const openLineEvents: LatestEvents = {};
      addLine(line, () => [], openLineEvents);
      return openLineEvents;
    },
  };
}

/** Whether an entry looks less healthy by one of its lines than by another. */
export function isWorse(kind: ExchangeEventKind, other: ExchangeEventKind): boolean {
  return kind !== other && (kind === "failed" || other === "attempted");
}
