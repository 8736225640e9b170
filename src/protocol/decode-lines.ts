import { readStructuredLine } from "./structured-line.ts";

/** `auto`: UTF-8 or Windows-1251. UTF-16 is recognized only by its byte order mark. */
export type LogEncoding = "auto" | "utf-8" | "windows-1251";
export type FileEncoding = LogEncoding | "utf-16le";

export interface LogLine {
  text: string;
  /** Bytes from the start of the file. */
  offset: number;
}

export const LINE_FEED = 0x0a;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const decoders = {
  "utf-8": new TextDecoder("utf-8"),
  "windows-1251": new TextDecoder("windows-1251"),
  "utf-16le": new TextDecoder("utf-16le"),
};

/** UTF-16 by its first bytes, otherwise as configured. */
export function fileEncoding(head: Uint8Array, configured: LogEncoding): FileEncoding {
  return head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : configured;
}

/** -1 when there is none. Works on bytes, so that a multi-byte character is never cut. */
export function afterLineFeed(bytes: Buffer, which: "first" | "last", encoding: FileEncoding): number {
  const width = encoding === "utf-16le" ? 2 : 1;
  let index = which === "first" ? bytes.indexOf(LINE_FEED) : bytes.lastIndexOf(LINE_FEED);
  while (index >= 0 && !isLineFeed(bytes, index, width)) {
    if (which === "last" && index === 0) return -1;
    index = which === "first" ? bytes.indexOf(LINE_FEED, index + 1) : bytes.lastIndexOf(LINE_FEED, index - 1);
  }
  return index < 0 ? -1 : index + width;
}

/** Without line ends and byte order mark. A line of JSON becomes the lines of its text, all with the same offset. */
export function decodeLines(bytes: Buffer, startOffset: number, encoding: FileEncoding): LogLine[] {
  return decodeRawLines(bytes, startOffset, encoding).flatMap(({ text, offset }) =>
    (readStructuredLine(text) ?? [text]).map((line) => ({ text: line, offset })),
  );
}

/** Like `decodeLines`, but leaves lines of JSON as they are. */
export function decodeRawLines(bytes: Buffer, startOffset: number, encoding: FileEncoding): LogLine[] {
  const parts = splitLines(bytes, encoding);
  const texts = decodeParts(bytes, parts, encoding);
  return parts.map((part, index) => ({
    text: (texts[index] ?? "").replace(/\r$/, ""),
    offset: startOffset + part.byteOffset - bytes.byteOffset,
  }));
}

function isLineFeed(bytes: Buffer, index: number, width: number): boolean {
  return width === 1 || (index % 2 === 0 && bytes[index + 1] === 0);
}

function splitLines(bytes: Buffer, encoding: FileEncoding): Buffer[] {
  const lines: Buffer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = afterLineFeed(rest, "first", encoding);
    lines.push(end < 0 ? rest : rest.subarray(0, end));
    rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end);
  }
  return lines;
}

function decodeParts(bytes: Buffer, parts: Buffer[], encoding: FileEncoding): string[] {
  if (encoding !== "auto") return decoders[encoding].decode(bytes).split("\n");
  try {
    return strictUtf8.decode(bytes).split("\n");
  } catch {
    // Each line is judged alone: a damaged one must not make its UTF-8 neighbours unreadable.
    return parts.map((part) => decodeAuto(part).replace(/\n$/, ""));
  }
}

function decodeAuto(line: Buffer): string {
  try {
    // As a stream, since the last line may end within a character.
    return new TextDecoder("utf-8", { fatal: true }).decode(line, { stream: true });
  } catch {
    return decoders["windows-1251"].decode(line);
  }
}
