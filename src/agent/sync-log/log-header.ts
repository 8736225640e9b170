import type { Pattern } from "../../protocol/pattern.ts";

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
