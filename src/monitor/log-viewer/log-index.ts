import { join } from "node:path";
import { type EntryHead, isErrorLevel, LEVELS, type Level, readEntryHead } from "../../protocol/log-head.ts";
import { createRunFinder, type LogEntry } from "./find-runs.ts";
import { createFoldWriter, FOLD_BYTES } from "./fold-records.ts";
import { lineKey } from "./line-key.ts";
import { BLOCK_BYTES, FOLDS_FILES, FORMAT_VERSION, type LogSummary } from "./prepared-format.ts";
import { createBucketCounter } from "./time-buckets.ts";

/** A line of a stack trace, or the exception above it, as .NET and Java write them in English and Russian. */
const TRACE_LINE = /^\s*(?:(?:at|в|in)\s|-{2,}>?\s|(?:[\w`]+\.)*\w*(?:Exception|Error)\b)/;

export type LogIndex = ReturnType<typeof createLogIndex>;

interface OpenEntry extends LogEntry {
  /** The keys of the lines below its first, and of those that are a stack trace. */
  below: number | undefined;
  stack: number | undefined;
}

/** Built while lines are written: blocks, errors, folds, entries by time. Keeps a few numbers per block. */
export function createLogIndex(directory: string) {
  const blocks: number[] = [];
  const folds = createFoldWriter(join(directory, FOLDS_FILES.all));
  const errorFolds = createFoldWriter(join(directory, FOLDS_FILES.errors));
  const sameErrors = createFoldWriter(join(directory, FOLDS_FILES.sameErrors));
  const runs = createRunFinder(folds.add);
  const errorRuns = createRunFinder(errorFolds.add);
  const sameErrorRuns = createRunFinder(sameErrors.add, 1);
  const times = createBucketCounter();
  let blockBytes = BLOCK_BYTES;
  let level: Level = "none";
  let entry: OpenEntry | null = null;
  /** Until there is one, every line is an entry of its own. */
  let hasHeads = false;
  const summary: Omit<LogSummary, "version" | "folds" | "times"> = {
    lines: 0,
    bytes: 0,
    errors: 0,
    lastErrorLine: null,
    firstTime: null,
    lastTime: null,
  };

  function beginBlock(): void {
    const { bytes, lines, errors, lastTime } = summary;
    const time = lastTime ?? Number.NaN;
    blocks.push(bytes, lines + 1, errors, time, LEVELS.indexOf(level), ...Object.values(counts()));
    blockBytes = 0;
  }

  const counts = () => ({
    all: folds.count(),
    errors: errorFolds.count(),
    sameErrors: sameErrors.count(),
  });

  function addHead(head: EntryHead): void {
    level = head.level;
    summary.firstTime ??= head.time;
    summary.lastTime = head.time ?? summary.lastTime;
    const isError = isErrorLevel(level);
    if (head.time !== null) times.add(head.time, isError, summary.lines);
    if (!isError) return;
    summary.errors++;
    summary.lastErrorLine = summary.lines;
  }

  function beginEntry(text: string, time: number | null): void {
    endEntry();
    const { lines } = summary;
    entry = {
      firstLine: lines,
      lastLine: lines,
      time,
      level,
      head: lineKey(text),
      trace: 0,
      text,
      below: undefined,
      stack: undefined,
    };
  }

  function goOn(entry: OpenEntry, text: string): void {
    entry.lastLine = summary.lines;
    entry.below = lineKey(text, entry.below);
    if (TRACE_LINE.test(text)) entry.stack = lineKey(text, entry.stack);
  }

  function endEntry(): void {
    if (!entry) return;
    entry.trace = entry.stack ?? entry.below ?? 0;
    runs.add(entry);
    if (isErrorLevel(entry.level)) {
      errorRuns.add(entry);
      // What it says makes an error another one, not the trace below.
      sameErrorRuns.add({ ...entry, trace: 0 });
    }
    entry = null;
  }

  return {
    /** Adds the next line, as it is stored. */
    add(line: string): void {
      if (blockBytes >= BLOCK_BYTES) beginBlock();
      const bytes = Buffer.byteLength(line) + 1;
      blockBytes += bytes;
      summary.bytes += bytes;
      summary.lines++;
      const head = readEntryHead(line);
      if (head) addHead(head);
      hasHeads ||= head !== null;
      if (head || !hasHeads || !entry) beginEntry(line, head?.time ?? null);
      else goOn(entry, line);
    },
    /** The size of text and folds so far. */
    bytes: (): number =>
      summary.bytes + Object.values(counts()).reduce((sum, count) => sum + count) * FOLD_BYTES,
    finish(): { blocks: number[]; summary: LogSummary } {
      endEntry();
      runs.end();
      errorRuns.end();
      sameErrorRuns.end();
      const found = { folds: counts(), times: times.finish() };
      return { blocks, summary: { version: FORMAT_VERSION, ...summary, ...found } };
    },
    close(): void {
      folds.close();
      errorFolds.close();
      sameErrors.close();
    },
  };
}
