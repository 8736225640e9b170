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
  // So Windows says both; a log that everybody may read is locked.
  EPERM: texts.locked,
  EACCES: texts.forbidden,
};

/** A log that is missing in an archive, or is there in part. */
export interface UnreadableLog {
  name: string;
  problem: string;
}

/** Says in words why a log cannot be read. */
export function explainUnreadable(error: unknown): string {
  if (error instanceof NotALogError) return texts.replaced;
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && REASONS[code]) || texts.other(code ?? message);
}

/** Says how much of a log was read; `reason` = null: it ended before it should. */
export function explainUnreadableRest(
  readBytes: number,
  expectedBytes: number,
  reason: string | null,
): string {
  return texts.rest(formatBytes(readBytes), formatBytes(expectedBytes), reason ?? texts.cut);
}

/** Writes the text that lies in an archive with something missing, so that Notepad shows it well. */
export function formatArchiveReadme(logs: readonly UnreadableLog[]): Buffer {
  const lines = logs.map(({ name, problem }) => `${name}: ${problem}`);
  return Buffer.from(BYTE_ORDER_MARK + [texts.title, "", ...lines, ""].join(LINE_END));
}
