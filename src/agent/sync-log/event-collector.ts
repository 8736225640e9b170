import { afterLineFeed, decodeLines, type FileEncoding, type LogLine } from "../../protocol/decode-lines.ts";
import type { ExchangeEvent, LatestEvents, LogOrigin } from "./exchange-event.ts";
import type { ExchangeMatcher, MatchedLine } from "./exchange-matcher.ts";
import { createEntries, MAX_CONTINUATION_LINES, matchEntry } from "./log-entry.ts";
import { splitUnended } from "./log-header.ts";
import type { LogTimeParser } from "./log-time.ts";
import type { LineBlock } from "./read-blocks-backwards.ts";
import { createWordSearch } from "./word-search.ts";
import type { WorkBudget } from "./work-budget.ts";

/** Kept of the oldest block: lines that may continue the last line of the block above. */
const HEAD_BYTES = 16 * 1024;
const SPACE = 0x20;

export interface CollectorRules {
  matcher: ExchangeMatcher;
  parseTime: LogTimeParser;
  /** ms UTC. */
  now: number;
  budget: WorkBudget;
}

export type EventCollector = ReturnType<typeof createEventCollector>;

/** Keeps the latest event of each kind. The blocks of a file come newest first. */
export function createEventCollector(
  origin: LogOrigin,
  encoding: FileEncoding,
  { matcher, parseTime, now, budget }: CollectorRules,
) {
  const hasWords = createWordSearch(matcher.words, encoding);
  const events: LatestEvents = {};
  const entries = createEventEntries(events);
  // Of the last line and those above in its entry, which later lines may still change.
  const openLineEvents: LatestEvents = {};
  const openEntry = createEventEntries(openLineEvents);
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  let oldest = { bytes: head.subarray(0, 0), offset: 0 };

  /** @returns `known`: nothing more is needed; `cut`: the budget ended before the block's first line. */
  function addBlock(block: LineBlock): "known" | "cut" | "read" {
    const isAllKnown = () => events.succeeded !== undefined && events.attempted !== undefined && !isWaiting();
    const maySay = isWaiting() || hasWords(block.bytes) || mayContinueAbove();
    const last = maySay ? addLines(block, () => isAllKnown() || budget.isSpent()) : null;
    if (last !== null && isAllKnown()) return "known";
    const from = last?.offset ?? block.offset;
    const read = block.bytes.subarray(from - block.offset);
    oldest = { bytes: head.subarray(0, read.copy(head)), offset: from };
    return last === null || from === block.offset ? "read" : "cut";
  }

  /** @returns the line at which `isEnough` came true; null = it never did. */
  function addLines({ bytes, offset }: LineBlock, isEnough: () => boolean): LogLine | null {
    const decoded = decodeLines(bytes, offset, encoding);
    const lines = decoded.flatMap((line) => splitUnended(line, matcher.timestamp));
    for (let index = lines.length - 1; index >= 0; index -= 1) {
      const line = lines[index] as LogLine;
      addLine(line, () => continuation(lines, index));
      if (isEnough()) return line;
    }
    return null;
  }

  /** Whether the last block begins with a message that belongs to a header in this one. */
  function mayContinueAbove(): boolean {
    const begin = oldest.bytes.findIndex((byte) => byte > SPACE);
    const rest = oldest.bytes.subarray(Math.max(0, begin));
    const end = afterLineFeed(rest, "first", encoding);
    const first = end < 0 ? rest : rest.subarray(0, end);
    if (!hasWords(first)) return false;
    return decodeLines(first, 0, encoding).every(({ text }) => parseTime(text, now) === null);
  }

  /** The topmost lines that were read; the last of them may be cut. */
  function oldestLines(): LogLine[] {
    return decodeLines(oldest.bytes, oldest.offset, encoding);
  }

  function continuation(lines: LogLine[], index: number): string[] {
    const below = lines.slice(index + 1, index + 1 + MAX_CONTINUATION_LINES);
    if (below.length < MAX_CONTINUATION_LINES) below.push(...oldestLines());
    const texts = below.slice(0, MAX_CONTINUATION_LINES).map(({ text }) => text);
    const end = texts.findIndex((text) => parseTime(text, now) !== null);
    return end < 0 ? texts : texts.slice(0, end);
  }

  function addLine(line: LogLine, continued: () => string[]): void {
    const matched = matchEntry(line.text, continued, matcher);
    if (!matched && !isWaiting()) return;
    const event = matched && toEvent(matched, line);
    const at = parseTime(line.text, now);
    if (openEntry.isWaiting()) openEntry.add(event, at);
    entries.add(event, at);
  }

  /** Whether there are lines whose entry begins further up. */
  function isWaiting(): boolean {
    return entries.isWaiting() || openEntry.isWaiting();
  }

  function toEvent(matched: MatchedLine, line: LogLine): ExchangeEvent {
    return { ...matched, at: null, wasAhead: false, origin, offset: line.offset };
  }

  return {
    events,
    addBlock,
    isWaiting,
    /** Searches a block further up for the beginning of the first entry. @returns whether it was found. */
    addBlockAbove: (block: LineBlock): boolean =>
      addLines(block, () => !isWaiting() || budget.isSpent()) !== null && !isWaiting(),
    /** Ends the reading: lines without a beginning become entries of their own. */
    end(): void {
      entries.end();
      openEntry.end();
    },
    oldestLines,
    /** Reads a last line that may still be growing. */
    addOpenLine(line: LogLine): LatestEvents {
      const matched = matchEntry(line.text, () => [], matcher);
      if (matched) openEntry.add(toEvent(matched, line), parseTime(line.text, now));
      return openLineEvents;
    },
  };
}

function createEventEntries(target: LatestEvents) {
  return createEntries<ExchangeEvent>(
    ({ kind }) => kind,
    (event, at) => {
      target[event.kind] ??= { ...event, at };
    },
  );
}
