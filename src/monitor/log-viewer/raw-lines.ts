import { afterLineFeed, decodeLines, type FileEncoding, fileEncoding } from "../../protocol/decode-lines.ts";
import { mask, withoutHalf } from "../../protocol/mask/mask.ts";
import { visibleText } from "../../protocol/visible-text.ts";

/** Longer lines are cut. Even, so that no UTF-16 unit is halved. */
const MAX_KEPT_LINE_BYTES = 64 * 1024;
const MAX_CHARACTERS = 64 * 1024;
/** Precedes the number of bytes cut off; no stored text contains it, since control characters are made visible. */
const CUT_MARK = "\u0001";

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

/** Masks lines, makes control characters visible, and cuts long ones; all at once, which costs half as much. */
export function storedLines(lines: readonly RawLine[]): string[] {
  const cuts = lines.map(cutLine);
  const kept = visibleText(mask(cuts.map(({ text }) => text).join("\n"))).split("\n");
  return kept.map((text, index) => {
    const cutBytes = cuts[index]?.cutBytes ?? 0;
    return cutBytes === 0 ? text : `${text}${CUT_MARK}${cutBytes}`;
  });
}

function cutLine({ text, cutBytes }: RawLine): RawLine {
  const kept = text.slice(0, MAX_CHARACTERS);
  const cut = cutBytes + (text.length > kept.length ? Buffer.byteLength(text.slice(kept.length)) : 0);
  return { text: cut === 0 ? kept : withoutHalf(kept), cutBytes: cut };
}

export function readStoredLine(stored: string): RawLine {
  const mark = stored.lastIndexOf(CUT_MARK);
  if (mark < 0) return { text: stored, cutBytes: 0 };
  return { text: stored.slice(0, mark), cutBytes: Number(stored.slice(mark + 1)) };
}
