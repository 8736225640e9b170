import { isErrorLevel, LEVELS, type Level, readEntryHead } from "../../protocol/log-head.ts";
import { BLOCK_BYTES, FORMAT_VERSION, type LogSummary } from "./prepared-log.ts";
import { createBucketCounter } from "./time-buckets.ts";

export type LogIndex = ReturnType<typeof createLogIndex>;

/** Built while lines are written: blocks, errors, entries by time. Keeps a few numbers per block. */
export function createLogIndex() {
  const blocks: number[] = [];
  const times = createBucketCounter();
  let blockBytes = BLOCK_BYTES;
  let level: Level = "none";
  const summary: Omit<LogSummary, "version" | "times"> = {
    lines: 0,
    bytes: 0,
    errors: 0,
    lastErrorLine: null,
    firstTime: null,
    lastTime: null,
  };

  function beginBlock(): void {
    const { bytes, lines, errors, lastTime } = summary;
    blocks.push(bytes, lines + 1, errors, lastTime ?? Number.NaN, LEVELS.indexOf(level));
    blockBytes = 0;
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
      if (!head) return;
      level = head.level;
      summary.firstTime ??= head.time;
      summary.lastTime = head.time ?? summary.lastTime;
      const isError = isErrorLevel(level);
      if (head.time !== null) times.add(head.time, isError, summary.lines);
      if (!isError) return;
      summary.errors++;
      summary.lastErrorLine = summary.lines;
    },
    /** The size of the text so far. */
    bytes: (): number => summary.bytes,
    finish(): { blocks: number[]; summary: LogSummary } {
      return { blocks, summary: { version: FORMAT_VERSION, ...summary, times: times.finish() } };
    },
  };
}
