import {
  decodeLines,
  type FileEncoding,
  fileEncoding,
  LINE_FEED,
  type LogEncoding,
} from "../../protocol/decode-lines.ts";
import { MAX_CONTINUATION_LINES } from "../sync-log/log-entry.ts";
import type { OpenLogFile } from "../sync-log/log-file.ts";
import type { LogTimeParser } from "../sync-log/log-time.ts";
import { MAX_LINE_BYTES, readBlocksBackwards } from "../sync-log/read-blocks-backwards.ts";

/** Threads write in no strict order, and a file's time is not that of its last line. */
export const DISORDER_MS = 60_000;
/** A longer entry, or line, is cut. */
const MAX_CARRIED_BYTES = 2 * MAX_LINE_BYTES;
const NOTHING = Buffer.alloc(0);

/** ms UTC. */
export interface Period {
  from: number;
  to: number;
}

/** Whole entries, if they are not very long. */
export interface EntryBlock {
  /** Empty when nothing in it is of the period. */
  bytes: Buffer;
  read: LineReader;
  isTimed: boolean;
  bytesRead: number;
  /** What is still to be read; null = unknown. */
  bytesLeft: number | null;
}

export interface BlockLine {
  start: number;
  /** After its line end. */
  end: number;
  /** Several for a line of JSON. */
  texts: string[];
  /** ms UTC; null without a time of its own. */
  at: number | null;
}

type LineReader = (bytes: Buffer, start: number) => BlockLine;

interface Piece {
  bytes: Buffer;
  encoding: LogEncoding;
  bytesRead: number;
  bytesLeft: number | null;
}

/** The newest first, as whole lines. */
export async function* piecesOfFile({ handle, bytes, encoding }: OpenLogFile): AsyncGenerator<Piece> {
  const narrow = createNarrowing(encoding);
  let bytesLeft = encoding === "utf-16le" ? bytes - (bytes % 2) : bytes;
  const range = { from: 0, to: bytesLeft, maxBytes: bytesLeft };
  for await (const block of readBlocksBackwards(handle, range, encoding)) {
    bytesLeft -= block.bytesRead;
    yield { ...narrow(block.bytes), bytesRead: block.bytesRead, bytesLeft };
  }
}

/** The oldest first. */
export async function* piecesOfStream(
  stream: AsyncIterable<Buffer>,
  configured: LogEncoding,
): AsyncGenerator<Piece> {
  let narrow: ReturnType<typeof createNarrowing> | null = null;
  for await (const bytes of stream) {
    narrow ??= createNarrowing(fileEncoding(bytes, configured));
    yield { ...narrow(bytes), bytesRead: bytes.length, bytesLeft: null };
  }
  if (narrow) yield { ...narrow(NOTHING), bytesRead: 0, bytesLeft: 0 };
}

/** UTF-16 is searched as UTF-8. */
function createNarrowing(encoding: FileEncoding): (bytes: Buffer) => Pick<Piece, "bytes" | "encoding"> {
  if (encoding !== "utf-16le") return (bytes) => ({ bytes, encoding });
  const decoder = new TextDecoder(encoding);
  return (bytes) => ({ bytes: Buffer.from(decoder.decode(bytes, { stream: true })), encoding: "utf-8" });
}

/** In the order of the pieces, until the period is left behind. */
export async function* entryBlocks(
  pieces: AsyncIterable<Piece>,
  order: "newest first" | "oldest first",
  parseTime: LogTimeParser,
  { from, to }: Period,
): AsyncGenerator<EntryBlock> {
  const isUpwards = order === "newest first";
  /** Lines of an entry that begins, or may go on, in the next piece. */
  let carried: Buffer = NOTHING;
  for await (const { bytes: own, encoding, bytesRead, bytesLeft } of pieces) {
    const read = createLineReader(encoding, parseTime);
    if (own.length === 0 && bytesLeft !== 0) {
      yield { bytes: NOTHING, read, isTimed: false, bytesRead, bytesLeft };
      continue;
    }
    const bytes = carried.length === 0 ? own : Buffer.concat(isUpwards ? [own, carried] : [carried, own]);
    const first = findBegin(bytes, read);
    const start = isUpwards && bytesLeft !== 0 ? first.start : 0;
    const end = isUpwards || bytesLeft === 0 ? bytes.length : findEnd(bytes, read);
    carried = Buffer.from(isUpwards ? bytes.subarray(0, start) : bytes.subarray(end));
    const isEarlier = first.at !== null && first.at < from - DISORDER_MS;
    const isLater = first.at !== null && first.at > to + DISORDER_MS;
    const block = isLater ? NOTHING : bytes.subarray(start, end);
    yield { bytes: block, read, isTimed: first.at !== null, bytesRead, bytesLeft };
    if (isUpwards ? isEarlier : isLater) return;
  }
}

function createLineReader(encoding: LogEncoding, parseTime: LogTimeParser): LineReader {
  return (bytes, start) => {
    const lineFeed = bytes.indexOf(LINE_FEED, start);
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
    const texts = decodeLines(bytes.subarray(start, end), 0, encoding).map(({ text }) => text);
    return { start, end, texts, at: parseTime(texts[0] ?? "", Date.now()) };
  };
}

/** Where the line begins that has this byte. */
export function lineStart(bytes: Buffer, index: number): number {
  return index === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, index - 1) + 1;
}

/** The first line with a time; without one nearby the line where no entry from above can still go on. */
function findBegin(bytes: Buffer, read: LineReader): Pick<BlockLine, "start" | "at"> {
  let start = 0;
  const stop = Math.min(bytes.length, MAX_CARRIED_BYTES);
  for (let lines = 0; lines <= MAX_CONTINUATION_LINES && start < stop; lines += 1) {
    const { at, end } = read(bytes, start);
    if (at !== null) return { start, at };
    start = end;
  }
  return { start, at: null };
}

/** Where the last entry begins, which may go on; 0 = there is no other, and room for more of it. */
function findEnd(bytes: Buffer, read: LineReader): number {
  const isFull = bytes.length > MAX_CARRIED_BYTES;
  const end = bytes.lastIndexOf(LINE_FEED) + 1;
  for (let start = end, lines = 0; lines <= MAX_CONTINUATION_LINES && start > 0; lines += 1) {
    start = lineStart(bytes, start - 1);
    if (read(bytes, start).at !== null && (start > 0 || !isFull)) return start;
  }
  return end || (isFull ? bytes.length : 0);
}
