import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isErrorLevel, LEVELS, type Level, readEntryHead } from "../../protocol/log-head.ts";
import { readStoredLine } from "./raw-lines.ts";
import type { TimeBuckets } from "./time-buckets.ts";

/** Logs prepared in another format are prepared again. */
export const FORMAT_VERSION = 6;

/** The text to show, in UTF-8 with line feeds; the index of its blocks; its `LogSummary`. */
export const TEXT_FILE = "text";
export const BLOCKS_FILE = "blocks";
export const SUMMARY_FILE = "summary.json";
export const PREPARED_FILES = [SUMMARY_FILE, TEXT_FILE, BLOCKS_FILE];

/** A block ends with the line that makes it this long. */
export const BLOCK_BYTES = 32 * 1024;
/** Numbers for each block in the file of blocks: those of `Block`, in its order. */
const BLOCK_NUMBERS = 5;

/** The smallest part that is read at once. */
export interface Block {
  /** Bytes from the start of the text. */
  offset: number;
  /** From 1. */
  firstLine: number;
  errorsBefore: number;
  /** The last time before it, see `EntryHead`; NaN = there is none. */
  timeBefore: number;
  /** The level of the entry that its first line may continue. */
  levelBefore: Level;
}

export interface LogSummary {
  version: number;
  lines: number;
  bytes: number;
  errors: number;
  lastErrorLine: number | null;
  /** See `EntryHead`; null = no line has a time. */
  firstTime: number | null;
  lastTime: number | null;
  times: TimeBuckets;
}

export type PrepareProblem = "damaged" | "too_large" | "disk_full" | "missing" | "failed";

export interface PreparedLog {
  summary: LogSummary;
  textFile: string;
  /** `BLOCK_NUMBERS` for each block. */
  blocks: Float64Array;
}

export interface PreparedLine {
  /** From 1. */
  number: number;
  text: string;
  /** How much was cut off because it is too long. */
  cutBytes: number;
  /** Of its entry. */
  level: Level;
  isHead: boolean;
  /** See `EntryHead`. */
  time: number | null;
}

/** null when there is none in the format of this version. */
export async function readSummary(directory: string): Promise<LogSummary | null> {
  const json = await nullWhenMissing(readFile(join(directory, SUMMARY_FILE), "utf8"));
  const summary = json === null ? null : (JSON.parse(json) as LogSummary);
  return summary?.version === FORMAT_VERSION ? summary : null;
}

export async function openPreparedLog(directory: string): Promise<PreparedLog | null> {
  const summary = await readSummary(directory);
  const bytes = await nullWhenMissing(readFile(join(directory, BLOCKS_FILE)));
  if (!summary || !bytes) return null;
  return {
    summary,
    textFile: join(directory, TEXT_FILE),
    blocks: new Float64Array(new Uint8Array(bytes).buffer),
  };
}

async function nullWhenMissing<Content>(reading: Promise<Content>): Promise<Content | null> {
  try {
    return await reading;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

export function blockCount({ blocks }: PreparedLog): number {
  return blocks.length / BLOCK_NUMBERS;
}

export function blockAt({ blocks }: PreparedLog, index: number): Block {
  const [offset = 0, firstLine = 0, errorsBefore = 0, timeBefore = Number.NaN, level = 0] = blocks.subarray(
    index * BLOCK_NUMBERS,
    (index + 1) * BLOCK_NUMBERS,
  );
  return { offset, firstLine, errorsBefore, timeBefore, levelBefore: LEVELS[level] ?? "none" };
}

export function blockOfLine(log: PreparedLog, line: number): number {
  let low = 0;
  let high = blockCount(log) - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (blockAt(log, middle).firstLine <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function errorsInBlock(log: PreparedLog, index: number): number {
  const isLast = index === blockCount(log) - 1;
  const errorsAfter = isLast ? log.summary.errors : blockAt(log, index + 1).errorsBefore;
  return errorsAfter - blockAt(log, index).errorsBefore;
}

/** Calls `use` with a function that reads the text of a block, without the end of its last line; one at a time. */
export async function withBlocks<Result>(
  log: PreparedLog,
  use: (readText: (index: number) => Promise<string>) => Promise<Result>,
): Promise<Result> {
  const handle = await open(log.textFile, "r");
  try {
    let buffer = Buffer.alloc(0);
    return await use(async (index) => {
      const { offset } = blockAt(log, index);
      const end = index === blockCount(log) - 1 ? log.summary.bytes : blockAt(log, index + 1).offset;
      if (buffer.length < end - offset) buffer = Buffer.alloc(end - offset);
      const { bytesRead } = await handle.read(buffer, 0, end - offset, offset);
      if (bytesRead < end - offset) throw new Error(`${log.textFile} is shorter than its index says`);
      return buffer.toString("utf8", 0, bytesRead - 1);
    });
  } finally {
    await handle.close();
  }
}

export function linesOfBlock({ firstLine, levelBefore }: Block, text: string): PreparedLine[] {
  let level = levelBefore;
  return text.split("\n").map((stored, index) => {
    const head = readEntryHead(stored);
    level = head?.level ?? level;
    const time = head?.time ?? null;
    return { number: firstLine + index, ...readStoredLine(stored), level, isHead: head !== null, time };
  });
}

/** The lines from one to another, both included, as far as they are there. */
export async function readLines(log: PreparedLog, from: number, to: number): Promise<PreparedLine[]> {
  if (log.summary.lines === 0) return [];
  return await withBlocks(log, async (readText) => {
    const lines: PreparedLine[] = [];
    for (let index = blockOfLine(log, from); index <= blockOfLine(log, to); index++) {
      const read = linesOfBlock(blockAt(log, index), await readText(index));
      for (const line of read) if (line.number >= from && line.number <= to) lines.push(line);
    }
    return lines;
  });
}

export function isError({ isHead, level }: PreparedLine): boolean {
  return isHead && isErrorLevel(level);
}

export function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code));
}
