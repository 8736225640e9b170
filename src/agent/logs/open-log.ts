import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterLineFeed, type FileEncoding, fileEncoding } from "../../protocol/decode-lines.ts";
import type { WantedLog } from "../../protocol/logs.ts";
import { formatBytes } from "../texts/format.ts";
import { type LogFolder, NotALogError, resolveLog } from "./log-path.ts";

const BLOCK_BYTES = 256 * 1024;
/** A tail begins within a line when no line begins in so many bytes. */
const LINE_SEARCH_BYTES = 64 * 1024;
const UTF16_HEAD = Buffer.from([0xff, 0xfe]);
/** A link or pipe that has replaced the file since its path was resolved is not followed or waited for. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const BYTE_ORDER_MARK = "\uFEFF";
const LINE_END = "\r\n";

const texts = {
  title: "Не всё удалось прочитать на POS-сервере. В этом архиве нет, или есть не целиком:",
  gone: "файла больше нет",
  replaced: "вместо файла оказалось другое",
  locked: "файл занят другой программой",
  forbidden: "нет права на чтение",
  other: (reason: string) => `не читается (${reason})`,
  cut: "файл стал короче, пока его читали",
  rest: (read: string, expected: string, reason: string) =>
    `прочитано ${read} из ${expected}, остального в архиве нет: ${reason}`,
} as const;

const REASONS: Record<string, string> = {
  ENOENT: texts.gone,
  ENOTDIR: texts.gone,
  ELOOP: texts.replaced,
  EISDIR: texts.replaced,
  EBUSY: texts.locked,
  // Windows says EPERM for locked files too.
  EPERM: texts.locked,
  EACCES: texts.forbidden,
};

/** A log as it was when it was opened; later lines are left out. */
export type OpenLog = Awaited<ReturnType<typeof openLog>>;

/** Opens a log, or its last bytes from the start of a line on. @throws why it cannot be opened. */
export async function openLog(folder: LogFolder, { name, tailBytes }: WantedLog) {
  const handle = await open(await resolveLog(folder, name), OPEN_FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new NotALogError(name);
    const part = await findPart(handle, stats.size, tailBytes ?? stats.size);
    return { modifiedAt: stats.mtime, ...readPart(handle, part) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @returns `head`: the byte order mark that a part of a UTF-16 file lacks. */
async function findPart(handle: FileHandle, size: number, maxBytes: number) {
  if (maxBytes >= size) return { head: Buffer.alloc(0), from: 0, to: size };
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  const encoding = fileEncoding(buffer, "auto");
  const unit = encoding === "utf-16le" ? 2 : 1;
  const head = encoding === "utf-16le" && maxBytes >= UTF16_HEAD.length ? UTF16_HEAD : Buffer.alloc(0);
  const cut = Math.ceil((size - maxBytes + head.length) / unit) * unit;
  const lineStart = await findLineStart(handle, cut - unit, encoding);
  const from = lineStart !== null && lineStart < size ? lineStart : cut;
  return { head, from: Math.min(from, size), to: size };
}

/** null when no line begins nearby. */
async function findLineStart(
  handle: FileHandle,
  position: number,
  encoding: FileEncoding,
): Promise<number | null> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(LINE_SEARCH_BYTES), position });
  const lineStart = afterLineFeed(buffer.subarray(0, bytesRead), "first", encoding);
  return lineStart < 0 ? null : position + lineStart;
}

function readPart(handle: FileHandle, { head, from, to }: Awaited<ReturnType<typeof findPart>>) {
  /** Why the content is incomplete, in Russian; null while nothing is missing. */
  let problem: string | null = null;

  /** Ends early rather than fails. */
  async function* readBlocks(): AsyncGenerator<Buffer> {
    let position = from;
    try {
      if (head.length > 0) yield head;
      while (position < to) {
        const length = Math.min(BLOCK_BYTES, to - position);
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
        if (bytesRead === 0) {
          problem = explainUnreadableRest(position - from, to - from, null);
          return;
        }
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      problem = explainUnreadableRest(position - from, to - from, explainUnreadable(error));
    }
  }

  /** The caller reads it to its end or destroys it. */
  const content = Readable.from(readBlocks(), { objectMode: false, highWaterMark: BLOCK_BYTES });
  content.once("close", () => handle.close().catch(() => undefined));
  return { content, problem: () => problem };
}

export interface UnreadableLog {
  name: string;
  problem: string;
}

/** In Russian. */
export function explainUnreadable(error: unknown): string {
  if (error instanceof NotALogError) return texts.replaced;
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && REASONS[code]) || texts.other(code ?? message);
}

/** In Russian; `reason` null = the log ended earlier than expected. */
function explainUnreadableRest(readBytes: number, expectedBytes: number, reason: string | null): string {
  return texts.rest(formatBytes(readBytes), formatBytes(expectedBytes), reason ?? texts.cut);
}

/** The text in an incomplete archive, written for Notepad. */
export function formatArchiveReadme(logs: readonly UnreadableLog[]): Buffer {
  const lines = logs.map(({ name, problem }) => `${name}: ${problem}`);
  return Buffer.from(BYTE_ORDER_MARK + [texts.title, "", ...lines, ""].join(LINE_END));
}
