import type { LogLine } from "../../protocol/decode-lines.ts";
import type { ExchangePatterns } from "../config/config.ts";
import type { ExchangeEvent, LatestEvents, LogOrigin, SkippedPart } from "./exchange-event.ts";
import { matchExchangeLine } from "./exchange-patterns.ts";
import { type FollowedFile, type OpenLogFile, readFingerprint } from "./log-file.ts";
import type { LogTimeParser } from "./log-time.ts";
import { readLinesBackwards } from "./read-lines-backwards.ts";

/** A last line without line end counts once nobody went on writing it for so long. */
const OPEN_LINE_SETTLES_MS = 2_000;
/** How far above a line without a time its time is looked for. */
const MAX_LINES_WITHOUT_TIME = 500;

export interface ScanRules {
  patterns: ExchangePatterns;
  parseTime: LogTimeParser;
  now: number;
  maxBytes: number;
}

export interface ScannedFile {
  /** From whole lines. */
  events: LatestEvents;
  /** From a last line that may still grow: true for this reading only. */
  openLineEvents: LatestEvents;
  followed: FollowedFile;
  bytesRead: number;
  /** What lies between what was read before and what was read now; null = nothing. */
  skipped: SkippedPart | null;
}

/** Reads what was added to a file since, newest first, until the latest exchange and attempt are known. */
export async function scanLogFile(
  file: OpenLogFile,
  followed: FollowedFile,
  rules: ScanRules,
): Promise<ScannedFile> {
  const to = file.encoding === "utf-16le" ? file.bytes - (file.bytes % 2) : file.bytes;
  followed.origin.modifiedAt = file.modifiedAt;
  const collector = createCollector(followed.origin, rules);
  let openLine = await findOpenLine(file, followed.readBytes, to);
  let openLineEvents: LatestEvents = {};
  let readBytes = to;
  let bytesRead = 0;
  let isEnough = false;
  let oldestLines: LogLine[] = [];
  const range = { from: followed.readBytes, to, maxBytes: rules.maxBytes };
  for await (const block of readLinesBackwards(file.handle, range, file.encoding)) {
    bytesRead += block.bytesRead;
    const lines = block.lines;
    if (openLine === "expected" && lines.length > 0) {
      const line = lines.pop();
      readBytes = line?.offset ?? to;
      openLine = "found";
      const isSettled = rules.now - file.modifiedAt > OPEN_LINE_SETTLES_MS;
      if (line && isSettled) openLineEvents = collector.addOpenLine(line);
    }
    if (lines.length > 0) oldestLines = lines;
    isEnough = collector.addLines(lines);
    if (isEnough) break;
  }
  const isPartSkipped = !isEnough && bytesRead < to - followed.readBytes;
  return {
    events: collector.events,
    openLineEvents,
    followed: {
      origin: followed.origin,
      readBytes,
      fingerprint: await readFingerprint(file.handle, readBytes),
      bytes: file.bytes,
      modifiedAt: file.modifiedAt,
      hasOpenLine: openLine === "found",
    },
    bytesRead,
    skipped: isPartSkipped ? skippedBefore(oldestLines, followed.origin, to, rules) : null,
  };
}

function skippedBefore(
  lines: LogLine[],
  origin: LogOrigin,
  to: number,
  { parseTime, now }: ScanRules,
): SkippedPart {
  const times = lines.map(({ text }) => parseTime(text, now));
  return {
    origin,
    endOffset: lines[0]?.offset ?? to,
    endedAt: times.find((at) => at !== null) ?? null,
  };
}

async function findOpenLine(
  file: OpenLogFile,
  from: number,
  to: number,
): Promise<"none" | "expected" | "found"> {
  if (to <= from) return "none";
  const width = file.encoding === "utf-16le" ? 2 : 1;
  const { buffer } = await file.handle.read(Buffer.alloc(width), 0, width, to - width);
  const isLineFeed = buffer[0] === 0x0a && (width === 1 || buffer[1] === 0);
  return isLineFeed ? "none" : "expected";
}

/** Keeps the latest event of each kind from lines that come newest first. */
function createCollector(origin: LogOrigin, { patterns, parseTime, now }: ScanRules) {
  const events: LatestEvents = {};
  let withoutTime: ExchangeEvent[] = [];
  let linesWithoutTime = 0;

  function addLine(line: LogLine, target: LatestEvents): void {
    const matched = matchExchangeLine(line.text, patterns);
    if (matched && !target[matched.kind]) {
      const event: ExchangeEvent = {
        ...matched,
        at: null,
        wasAhead: false,
        text: line.text,
        origin,
        offset: line.offset,
      };
      target[event.kind] = event;
      withoutTime.push(event);
      linesWithoutTime = 0;
    }
    if (withoutTime.length === 0) return;
    const at = parseTime(line.text, now);
    linesWithoutTime += 1;
    if (at === null && linesWithoutTime < MAX_LINES_WITHOUT_TIME) return;
    for (const event of withoutTime) event.at = at;
    withoutTime = [];
  }

  return {
    events,
    addOpenLine(line: LogLine): LatestEvents {
      const openLineEvents: LatestEvents = {};
      addLine(line, openLineEvents);
      return openLineEvents;
    },
    /** @returns whether everything that matters is known. */
    addLines(lines: LogLine[]): boolean {
      for (const line of lines.toReversed()) {
        addLine(line, events);
        if (events.succeeded && events.attempted && withoutTime.length === 0) return true;
      }
      return false;
    },
  };
}
