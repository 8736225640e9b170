import type { FileHandle } from "node:fs/promises";
import { afterLineFeed, type FileEncoding, LINE_FEED } from "../../protocol/decode-lines.ts";

const BLOCK_BYTES = 64 * 1024;
/** Only the beginning and the end of a longer line are kept. Both lengths are even, so that no UTF-16 unit is cut. */
export const MAX_LINE_BYTES = 64 * 1024;
const LINE_END_BYTES = 4 * 1024;

interface FileRange {
  /** Start of a line, or of the file. */
  from: number;
  to: number;
  /** Reading stops after about so many bytes. */
  maxBytes: number;
}

export interface LineBlock {
  /** Valid until the next block is asked for; after an empty block, for longer. */
  bytes: Buffer;
  /** Of `bytes`, from the start of the file. */
  offset: number;
  /** More than the length of `bytes` when the first line begins further up. */
  bytesRead: number;
}

/** From its end to its start, newest lines first. Omits a line that begins before the range; the last may lack its line end. */
export async function* readBlocksBackwards(
  handle: FileHandle,
  range: FileRange,
  encoding: FileEncoding,
): AsyncGenerator<LineBlock> {
  const stopAt = Math.max(range.from, range.to - range.maxBytes);
  // A block is read into the first part; the second holds the rest of a line whose start is further up.
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES + MAX_LINE_BYTES);
  let restBytes = 0;
  for (let position = range.to; position > stopAt; ) {
    const start = Math.max(range.from, position - BLOCK_BYTES);
    const bytesRead = position - start;
    const block = buffer.subarray(BLOCK_BYTES - bytesRead, BLOCK_BYTES);
    const read = await handle.read(block, 0, bytesRead, start);
    if (read.bytesRead < bytesRead) throw new Error("the file was cut while it was read");
    endLinesAtNothing(block, encoding);
    const firstLine = start === range.from ? 0 : afterLineFeed(block, "first", encoding);
    const bytes = buffer.subarray(BLOCK_BYTES - bytesRead, BLOCK_BYTES + restBytes);
    if (firstLine < 0) {
      yield { bytes: bytes.subarray(0, 0), offset: position, bytesRead };
      // Blocks that were yielded before must not change.
      buffer = Buffer.allocUnsafe(buffer.length);
      const kept = bytes.length > MAX_LINE_BYTES ? bothEnds(bytes, encoding) : bytes;
      restBytes = kept.copy(buffer, BLOCK_BYTES);
    } else {
      yield { bytes: bytes.subarray(firstLine), offset: start + firstLine, bytesRead };
      restBytes = firstLine;
      bytes.copy(buffer, BLOCK_BYTES, 0, restBytes);
    }
    position = start;
  }
}

/** A power failure leaves zeros in a file; the next line begins after them. */
function endLinesAtNothing(block: Buffer, encoding: FileEncoding): void {
  const width = encoding === "utf-16le" ? 2 : 1;
  const nothing = Buffer.alloc(2 * width);
  for (let from = block.indexOf(nothing); from >= 0; from = block.indexOf(nothing, from)) {
    let end = from;
    while (block[end] === 0) end += 1;
    end -= end % width;
    block.fill(" ", from + (from % width), end, width === 2 ? "utf16le" : "latin1");
    block[end - width] = LINE_FEED;
  }
}

function bothEnds(bytes: Buffer, encoding: FileEncoding): Buffer {
  // Within a UTF-8 letter.
  const isWithin = (at: number) => encoding !== "utf-16le" && ((bytes[at] ?? 0) & 0xc0) === 0x80;
  let begin = MAX_LINE_BYTES - LINE_END_BYTES;
  let end = bytes.length - LINE_END_BYTES;
  while (isWithin(begin)) begin -= 1;
  while (isWithin(end)) end += 1;
  return Buffer.concat([bytes.subarray(0, begin), bytes.subarray(end)]);
}
