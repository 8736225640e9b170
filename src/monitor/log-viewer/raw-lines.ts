import { afterLineFeed, decodeLines, type FileEncoding, fileEncoding } from "../../protocol/decode-lines.ts";

/** Longer lines are cut. Even, so that no UTF-16 unit is halved. */
const MAX_KEPT_LINE_BYTES = 64 * 1024;

/** A line without its line end; `cutBytes`: how much was cut off because it is too long. */
export interface RawLine {
  text: string;
  cutBytes: number;
}

/** Splits a stream in UTF-8, Windows-1251 or UTF-16 into lines, in bounded memory. */
export function createRawLineReader() {
  let encoding: FileEncoding | null = null;
  let isBigEndian = false;
  /** Bytes that cannot be decoded yet: before the encoding is known, or half a UTF-16 unit. */
  let held: Buffer = Buffer.alloc(0);
  /** The line that has not ended, and how much of it was cut off. */
  let open: Buffer = Buffer.alloc(0);
  let droppedBytes = 0;

  return {
    push(chunk: Buffer): RawLine[] {
      let bytes: Buffer = Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      if (encoding === null && bytes.length < 2) {
        held = bytes;
        return [];
      }
      encoding ??= encodingOf(bytes);
      if (encoding === "utf-16le" && bytes.length % 2 === 1) {
        held = bytes.subarray(-1);
        bytes = bytes.subarray(0, -1);
      }
      return linesOf(isBigEndian ? bytes.swap16() : bytes, encoding);
    },
    end(): RawLine[] {
      const rest = Buffer.concat([open, held]);
      return rest.length > 0 || droppedBytes > 0 ? lastLines(rest, encoding ?? "auto") : [];
    },
  };

  function encodingOf(head: Buffer): FileEncoding {
    isBigEndian = head[0] === 0xfe && head[1] === 0xff;
    return isBigEndian ? "utf-16le" : fileEncoding(head, "auto");
  }

  function linesOf(bytes: Buffer, known: FileEncoding): RawLine[] {
    const lines: RawLine[] = [];
    let rest = bytes;
    if (droppedBytes > 0 || open.length > 0) {
      const end = afterLineFeed(rest, "first", known);
      const lineFeedBytes = known === "utf-16le" ? 2 : 1;
      keepOpen(end < 0 ? rest : rest.subarray(0, end - lineFeedBytes));
      if (end < 0) return lines;
      lines.push(...lastLines(open, known));
      rest = rest.subarray(end);
    }
    const end = afterLineFeed(rest, "last", known);
    if (end > 0) {
      for (const { text } of decodeLines(rest.subarray(0, end), 0, known)) lines.push({ text, cutBytes: 0 });
      rest = rest.subarray(end);
    }
    keepOpen(rest);
    return lines;
  }

  function keepOpen(bytes: Buffer): void {
    const kept = bytes.subarray(0, Math.max(0, MAX_KEPT_LINE_BYTES - open.length));
    open = Buffer.concat([open, kept]);
    droppedBytes += bytes.length - kept.length;
  }

  function lastLines(bytes: Buffer, known: FileEncoding): RawLine[] {
    const lines = decodeLines(bytes, 0, known).map(({ text }) => ({ text, cutBytes: droppedBytes }));
    open = Buffer.alloc(0);
    droppedBytes = 0;
    return lines;
  }
}
