import { closeSync, openSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { createLogIndex, type LogIndex } from "./log-index.ts";
import { BLOCKS_FILE, type PrepareProblem, SUMMARY_FILE, TEXT_FILE } from "./prepared-log.ts";
import { createRawLineReader, type RawLine, storedLines } from "./raw-lines.ts";
import { readZippedFile, type ZippedFile } from "./zip-files.ts";

/** How much text is written between two checks of the free space. */
export const CHECK_SPACE_EVERY_BYTES = 1024 * 1024;

export interface PrepareTask {
  zipFile: string;
  position: number;
  /** An empty folder, for the prepared log. */
  directory: string;
  /** The limit for what is inflated and for what is written. */
  maxBytes: number;
  reservedBytes: number;
}

export class PrepareError extends Error {
  readonly problem: PrepareProblem;

  constructor(problem: PrepareProblem, cause?: unknown) {
    super(`the log is not prepared: ${problem}${typeof cause === "string" ? `, ${cause}` : ""}`, { cause });
    this.name = "PrepareError";
    this.problem = problem;
  }
}

/**
 * Inflates a file of an archive into text, with guests' numbers masked, and indexes it. Slow: call it in a worker.
 * @param onProgress gets the bytes inflated so far, now and then.
 * @throws PrepareError
 */
export async function prepareLog(
  task: PrepareTask,
  onProgress: (inflatedBytes: number) => void,
): Promise<void> {
  try {
    await readZippedFile(task.zipFile, task.position, (file, stream) =>
      writeLog(task, file, stream, onProgress),
    );
  } catch (error) {
    throw error instanceof PrepareError ? error : new PrepareError(problemOf(error), error);
  }
}

async function writeLog(
  { directory, maxBytes, reservedBytes }: PrepareTask,
  file: ZippedFile,
  stream: Readable,
  onProgress: (inflatedBytes: number) => void,
): Promise<void> {
  const text = openSync(join(directory, TEXT_FILE), "wx", 0o600);
  const index = createLogIndex();
  try {
    const reader = createRawLineReader();
    let inflatedBytes = 0;
    let checksum = 0;
    let checkSpaceAt = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      if (inflatedBytes > maxBytes || index.bytes() > maxBytes) throw new PrepareError("too_large");
      checksum = crc32(chunk, checksum);
      if (index.bytes() >= checkSpaceAt) {
        requireSpace(directory, reservedBytes + CHECK_SPACE_EVERY_BYTES);
        onProgress(inflatedBytes);
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
  throw new PrepareError("disk_full", `${bavail * bsize} bytes free, ${bytes} needed`);
}

function writeLines(file: number, lines: readonly RawLine[], index: LogIndex): void {
  if (lines.length === 0) return;
  const stored = storedLines(lines);
  for (const line of stored) index.add(line);
  let rest = Buffer.from(`${stored.join("\n")}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
}

function problemOf(error: unknown): PrepareProblem {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT") return "disk_full";
  if (code === "ENOENT") return "missing";
  const isOfTheSystem = typeof code === "string" && /^E[A-Z]+$/.test(code);
  return isOfTheSystem ? "failed" : "damaged";
}
