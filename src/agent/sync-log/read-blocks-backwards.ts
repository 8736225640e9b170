import type { FileHandle } from "node:fs/promises";
import { afterLineFeed, type FileEncoding } from "../../protocol/decode-lines.ts";

const BLOCK_BYTES = 64 * 1024;
/** Of a longer line only the beginning is kept. Even, so that it cuts no UTF-16 unit. */
export const MAX_LINE_BYTES = 64 * 1024;

export interface FileRange {
  /** Start of a line, or of the file. */
  from: number;
  to: number;
  /** Reading stops after about so many bytes. */
  maxBytes: number;
}

/** Whole lines, as they lie in the file. */
export interface LineBlock {
  bytes: Buffer;
  /** Of `bytes`, from the start of the file. */
  offset: number;
  /** More than `bytes` has when a line began before. */
  bytesRead: number;
}

/**
 * Reads a range of a file from its end to its start, so that the newest lines come first and reading can stop early.
 * The very last line may lack its line end. A line whose start lies before what may be read is left out.
 */
export async function* readBlocksBackwards(
  handle: FileHandle,
  range: FileRange,
  encoding: FileEncoding,
): AsyncGenerator<LineBlock> {
  let position = range.to;
  // Bytes from `position` on that belong to a line whose start was not read yet.
  let lineRest: Buffer = Buffer.alloc(0);
  const stopAt = Math.max(range.from, range.to - range.maxBytes);
  while (position > stopAt) {
    const start = Math.max(range.from, position - BLOCK_BYTES);
    const block = await readExactly(handle, start, position - start);
    const bytes = Buffer.concat([block, lineRest]);
    const firstLine = start === range.from ? 0 : afterLineFeed(block, "first", encoding);
    if (firstLine < 0) {
      lineRest = bytes.subarray(0, MAX_LINE_BYTES);
      yield { bytes: bytes.subarray(0, 0), offset: position, bytesRead: block.length };
    } else {
      lineRest = bytes.subarray(0, firstLine);
      yield { bytes: bytes.subarray(firstLine), offset: start + firstLine, bytesRead: block.length };
    }
    position = start;
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error("the file was cut while it was read");
  return buffer;
}
