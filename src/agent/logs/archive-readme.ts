import { formatBytes } from "../texts/format.ts";
import { NotALogError } from "./log-path.ts";

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
export function explainUnreadableRest(
  readBytes: number,
  expectedBytes: number,
  reason: string | null,
): string {
  return texts.rest(formatBytes(readBytes), formatBytes(expectedBytes), reason ?? texts.cut);
}

/** The text in an incomplete archive, written for Notepad. */
export function formatArchiveReadme(logs: readonly UnreadableLog[]): Buffer {
  const lines = logs.map(({ name, problem }) => `${name}: ${problem}`);
  return Buffer.from(BYTE_ORDER_MARK + [texts.title, "", ...lines, ""].join(LINE_END));
}
