import { afterLineFeed, decodeLines, type FileEncoding, type LogLine } from "../../protocol/decode-lines.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { type CollectorRules, createEventCollector, type EventCollector } from "./event-collector.ts";
import type { LatestEvents, LogOrigin, SkippedPart } from "./exchange-event.ts";
import { isHeaderAlone } from "./log-entry.ts";
import { type FollowedFile, type OpenLogFile, readFingerprint } from "./log-file.ts";
import { type LineBlock, MAX_LINE_BYTES, readBlocksBackwards } from "./read-blocks-backwards.ts";
import type { WorkBudget } from "./work-budget.ts";

/** A last line without a line end counts once it has not changed for so long. */
const OPEN_LINE_SETTLES_MS = 2_000;
/** So many bytes above the new lines are searched for the beginning of their first entry. */
const MAX_BYTES_ABOVE = 64 * 1024;

interface ScanRules extends CollectorRules {
  maxBytes: number;
}

interface ScannedFile {
  events: LatestEvents;
  /** Of a last line that may still be growing: valid for this reading only. */
  openLineEvents: LatestEvents;
  followed: FollowedFile;
  bytesRead: number;
  /** The part between the last reading and this one; null = none. */
  skipped: SkippedPart | null;
}

/** Reads what was added since the last reading, newest first, until the latest exchange and attempt are known. */
export async function scanLogFile(
  file: OpenLogFile,
  followed: FollowedFile,
  rules: ScanRules,
): Promise<ScannedFile> {
  const to = file.encoding === "utf-16le" ? file.bytes - (file.bytes % 2) : file.bytes;
  followed.origin.modifiedAt = file.modifiedAt;
  const collector = createEventCollector(followed.origin, file.encoding, rules);
  let openLine: OpenLine | null | undefined;
  let openLineEvents: LatestEvents = {};
  let bytesRead = 0;
  let ended: ReturnType<EventCollector["addBlock"]> = "read";
  const range = { from: followed.readBytes, to, maxBytes: rules.maxBytes };
  for await (const block of readBlocksBackwards(file.handle, range, file.encoding)) {
    bytesRead += block.bytesRead;
    if (block.bytes.length === 0) continue;
    if (openLine === undefined) {
      openLine = findOpenLine(block, to, file.encoding, rules.matcher.timestamp);
      if (openLine?.isUnended) {
        block.bytes = block.bytes.subarray(0, openLine.offset - block.offset);
        // A file time in the future was written before the clock was set back.
        const open = openLine;
        const isSettled = Math.abs(rules.now - file.modifiedAt) > OPEN_LINE_SETTLES_MS;
        if (isSettled) openLineEvents = rules.budget.spend(() => collector.addOpenLine(open));
      }
    }
    ended = rules.budget.spend(() => collector.addBlock(block));
    if (ended !== "read" || rules.budget.isSpent()) break;
  }
  const isPartUnread = ended === "cut" || bytesRead < to - followed.readBytes;
  const isPartSkipped = isPartUnread && ended !== "known";
  if (collector.isWaiting() && !isPartSkipped)
    bytesRead += await readEntryAbove(file, followed, collector, rules.budget);
  collector.end();
  const readBytes = openLine?.offset ?? to;
  return {
    events: collector.events,
    openLineEvents,
    followed: {
      origin: followed.origin,
      readBytes,
      fingerprint: await readFingerprint(file.handle, readBytes),
      bytes: file.bytes,
      modifiedAt: file.modifiedAt,
      hasOpenLine: openLine != null,
      isPartUnread: followed.isPartUnread || isPartUnread,
    },
    bytesRead,
    skipped: isPartSkipped ? skippedBefore(collector.oldestLines(), followed.origin, to, rules) : null,
  };
}

/** The first new lines may belong to an entry that was read before. @returns how many bytes were read. */
async function readEntryAbove(
  { handle, encoding }: OpenLogFile,
  { readBytes }: FollowedFile,
  collector: EventCollector,
  budget: WorkBudget,
): Promise<number> {
  let bytesRead = 0;
  const above = { from: 0, to: readBytes, maxBytes: MAX_BYTES_ABOVE };
  for await (const block of readBlocksBackwards(handle, above, encoding)) {
    bytesRead += block.bytesRead;
    if (budget.spend(() => collector.addBlockAbove(block)) || budget.isSpent()) break;
  }
  return bytesRead;
}

/** A last line that is to be read again: it may still grow, or the next one may continue it. */
interface OpenLine extends LogLine {
  isUnended: boolean;
}

function findOpenLine(
  { bytes, offset }: LineBlock,
  to: number,
  encoding: FileEncoding,
  timestamp: Pattern | null,
): OpenLine | null {
  const isUnended = afterLineFeed(bytes, "last", encoding) !== bytes.length;
  const lineFeedBytes = encoding === "utf-16le" ? 2 : 1;
  const body = isUnended ? bytes : bytes.subarray(0, bytes.length - lineFeedBytes);
  const start = Math.max(0, afterLineFeed(body, "last", encoding));
  // An endless line would be read again and again, and ever longer.
  if (to - (offset + start) > MAX_LINE_BYTES) return null;
  const [line] = decodeLines(body.subarray(start), offset + start, encoding);
  return line && (isUnended || isHeaderAlone(line.text, timestamp)) ? { ...line, isUnended } : null;
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
