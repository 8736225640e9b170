import { closeSync, openSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { isErrorLevel, LEVELS, type Level, readEntryHead } from "./log-entry.ts";
import {
  BLOCK_BYTES,
  BLOCKS_FILE,
  type LogSummary,
  type PrepareProblem,
  SUMMARY_FILE,
  TEXT_FILE,
} from "./prepared-format.ts";
import { createRawLineReader, type RawLine } from "./raw-lines.ts";
import { storedLines } from "./stored-line.ts";
import { readZippedFile, type ZippedFile } from "./zip-files.ts";

/** Of text, written between two looks at the room on the disk. */
export const CHECK_SPACE_EVERY_BYTES = 1024 * 1024;

export interface PrepareTask {
  zipFile: string;
  position: number;
  /** An empty folder, for the prepared log. */
  directory: string;
  /** Neither what is inflated nor what is written may be more. */
  maxBytes: number;
  /** So much of the disk stays free. */
  reservedBytes: number;
  /** One number, shared with whoever waits: inflated bytes so far. */
  inflatedBytes: Float64Array<SharedArrayBuffer>;
}

export class PrepareError extends Error {
  readonly problem: PrepareProblem;

  constructor(problem: PrepareProblem, options?: ErrorOptions) {
    super(`the log is not shown: ${problem}`, options);
    this.name = "PrepareError";
    this.problem = problem;
  }
}

/**
 * Inflates one file of an archive into a text that is ready to be shown, with guests' numbers masked, and its index.
 * It blocks for long: call it in a worker.
 * @throws PrepareError
 */
export async function prepareLog(task: PrepareTask): Promise<void> {
  try {
    await readZippedFile(task.zipFile, task.position, (file, stream) => writeLog(task, file, stream));
  } catch (error) {
    throw error instanceof PrepareError ? error : new PrepareError(problemOf(error), { cause: error });
  }
}

async function writeLog(task: PrepareTask, file: ZippedFile, stream: Readable): Promise<void> {
  const { directory, maxBytes, reservedBytes, inflatedBytes } = task;
  const text = openSync(join(directory, TEXT_FILE), "wx", 0o600);
  try {
    const reader = createRawLineReader();
    const index = createIndex();
    let checksum = 0;
    let checkSpaceAt = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      inflatedBytes[0] = (inflatedBytes[0] ?? 0) + chunk.length;
      if (inflatedBytes[0] > maxBytes || index.bytes() > maxBytes) throw new PrepareError("too_large");
      checksum = crc32(chunk, checksum);
      if (index.bytes() >= checkSpaceAt) {
        requireSpace(directory, reservedBytes + CHECK_SPACE_EVERY_BYTES);
        checkSpaceAt = index.bytes() + CHECK_SPACE_EVERY_BYTES / 2; // one chunk may become as much
      }
      writeLines(text, reader.push(chunk), index);
    }
    writeLines(text, reader.end(), index);
    if (checksum !== file.crc32) throw new PrepareError("damaged");
    const { blocks, summary } = index.finish();
    writeFileSync(join(directory, BLOCKS_FILE), new Float64Array(blocks), { mode: 0o600 });
    writeFileSync(join(directory, SUMMARY_FILE), JSON.stringify(summary), { mode: 0o600 });
  } finally {
    closeSync(text);
  }
}

function requireSpace(directory: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= bytes) return;
  throw new PrepareError("disk_full", { cause: `${bavail * bsize} bytes free, ${bytes} needed` });
}

function writeLines(file: number, lines: readonly RawLine[], index: Index): void {
  if (lines.length === 0) return;
  const stored = storedLines(lines);
  for (const line of stored) index.add(line);
  let rest = Buffer.from(`${stored.join("\n")}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
}

interface Index {
  add(line: string): void;
  bytes(): number;
  finish(): { blocks: number[]; summary: LogSummary };
}

function createIndex(): Index {
  const blocks: number[] = [];
  let blockBytes = BLOCK_BYTES;
  let level: Level = "none";
  const summary: LogSummary = {
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
    add(line) {
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
      if (!isErrorLevel(level)) return;
      summary.errors++;
      summary.lastErrorLine = summary.lines;
    },
    bytes: () => summary.bytes,
    finish: () => ({ blocks, summary }),
  };
}

function problemOf(error: unknown): PrepareProblem {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT") return "disk_full";
  if (code === "ENOENT") return "missing";
  const isOfTheSystem = typeof code === "string" && /^E[A-Z]+$/.test(code);
  return isOfTheSystem ? "failed" : "damaged";
}
