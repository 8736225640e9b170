import type { LogLine } from "../../protocol/decode-lines.ts";
import type { Pattern } from "../../protocol/pattern.ts";

/** Room for a message and what stands before it; of a longer line the rest is not looked at. */
export const MAX_MATCHED_LENGTH = 4_096;

/** What stands between a time and the text, in the styles that are known: `] ERROR [50] [Class:Method:59] - `. */
const HEADER_REST =
  /^\]?\s*(?<level>TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)?\s*(?:\[[^\]]{0,100}\]\s*){0,3}(?:[—–-]\s*)?/i;

/** Takes a line apart into its level, if it has one, and its text without time, level and thread. */
export function splitHeader(line: string, timestamp: Pattern): { level: string | null; message: string } {
  const time = timestamp.exec(line)?.[0] ?? "";
  if (time === "" || !line.startsWith(time)) return { level: null, message: line.trim() };
  const rest = line.slice(time.length);
  const header = HEADER_REST.exec(rest);
  return {
    level: header?.groups?.level?.toUpperCase() ?? null,
    message: rest.slice(header?.[0].length ?? 0).trim(),
  };
}

/** A line that was never ended has the next one at its end, which begins with a time. Only of long ones that would go unseen. */
export function splitUnended(line: LogLine, timestamp: Pattern): LogLine[] {
  if (line.text.length <= MAX_MATCHED_LENGTH) return [line];
  const end = line.text.slice(-MAX_MATCHED_LENGTH);
  const begin = [...end.matchAll(/\[?\d+/g)].findLast(({ index }) => timestamp.test(end.slice(index)))?.index;
  return begin === undefined ? [line] : [line, { text: end.slice(begin), offset: line.offset + 1 }];
}
