import type { FileHandle } from "node:fs/promises";
import { afterLineFeed, decodeLines, type FileEncoding, type LogLine } from "../../protocol/decode-lines.ts";

const BLOCK_BYTES = 64 * 1024;
/** Of a longer line only the beginning is kept. Even, so that it cuts no UTF-16 unit. */
export const MAX_LINE_BYTES = 64 * 1024;

export interface LineRange {
  /** Start of a line, or of the file. */
  from: number;
  to: number;
  /** Reading stops after about so many bytes. */
  maxBytes: number;
}

/** Lines of one block, in the order of the file. */
export interface LineBlock {
  lines: LogLine[];
  bytesRead: number;
}

/**
 * Reads a range of a file from its end to its start, so that the newest lines come first and reading can stop early.
 * The very last line may lack its line end. A line whose start lies before what may be read is left out.
 */
export async function* readLinesBackwards(
  handle: FileHandle,
  range: LineRange,
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
      yield { lines: [], bytesRead: block.length };
    } else {
      lineRest = bytes.subarray(0, firstLine);
      yield {
        lines: decodeLines(bytes.subarray(firstLine), start + firstLine, encoding),
        bytesRead: block.length,
      };
    }
    position = start;
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error("the file was cut while it was read");
  return buffer;
}
