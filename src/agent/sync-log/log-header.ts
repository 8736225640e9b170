import type { LogLine } from "../../protocol/decode-lines.ts";
import { levelOf, readWrittenTime } from "../../protocol/log-head.ts";
import { readEntryParts } from "../../protocol/log-line-parts.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import type { LineParts } from "./guess/guess.ts";

/** Room for a message and its header; the rest of a longer line is not read. */
export const MAX_MATCHED_LENGTH = 4_096;

const ANY_TIME = "2000-01-01 00:00:00";
/** Such as `[host=bar-2 pid=12]`. */
const OF_MACHINE = /\[[^\]]*=[^\]]*\]/gu;
/** Threads and names of the program, but no words of a person. */
const IN_BRACKETS = /^(?:\[[^\]а-яё]{0,100}\]\s*){1,3}/iu;

/** Splits a line into level, origin and text. @param own another way to write its time besides the usual formats. */
export function splitHeader(line: string, own: Pattern | null): LineParts {
  const time = own?.exec(line)?.[0] ?? "";
  const isOwn = time !== "" && line.startsWith(time);
  const usual = isOwn ? `${ANY_TIME}${line.slice(time.length)}` : line;
  const parts = readEntryParts(usual);
  if (!parts) return { level: null, origin: "", message: line.trim() };
  const [{ from, to } = { from: 0, to: 0 }] = parts.filter(({ kind }) => kind === "level");
  const level = levelOf(usual.slice(from, to));
  const textFrom = parts.at(-1)?.from ?? 0;
  const message = usual.slice(textFrom).trim();
  const isSeparated = /[-—–|:]\s*$/u.test(usual.slice(to, textFrom));
  const [brackets = ""] = isSeparated ? [] : (IN_BRACKETS.exec(message) ?? []);
  const origins = parts.flatMap(({ kind, from, to }) => (kind === "origin" ? usual.slice(from, to) : []));
  return {
    level: level === "none" ? null : level.toUpperCase(),
    origin: [...origins, brackets].join(" ").replace(OF_MACHINE, ""),
    message: message.slice(brackets.length),
  };
}

/** After a crash the next line follows without a line end. Only long lines are split: their end would not be read. */
export function splitUnended(line: LogLine, own: Pattern | null): LogLine[] {
  if (line.text.length <= MAX_MATCHED_LENGTH) return [line];
  const end = line.text.slice(-MAX_MATCHED_LENGTH);
  const isTime = (text: string) => own?.test(text) || readWrittenTime(text)?.date != null;
  // Many other numbers of ten digits look like seconds since 1970.
  const begin = [...end.matchAll(/\[?(?!\d{10})\d+/g)].findLast(({ index }) =>
    isTime(end.slice(index)),
  )?.index;
  return begin === undefined ? [line] : [line, { text: end.slice(begin), offset: line.offset + 1 }];
}
