import type { Pattern } from "../../protocol/pattern.ts";
import { isContinued } from "../sync-log/log-entry.ts";

const MAX_LEVEL_LENGTH = 16;
/** What stands between a time and the text, in the styles that are known: `] ERROR [50] [Class:Method:59] - `. */
const HEADER_REST =
  /^\]?\s*(?<level>TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)?\s*(?:\[[^\]]{0,100}\]\s*){0,3}(?:[—–-]\s*)?/i;

/** The level and the text of an entry of the log, its header left out; its text may begin on the next line. */
export function entryText(
  line: string,
  continuation: readonly string[],
  timestamp: Pattern,
): { level: string | null; message: string } {
  const time = timestamp.exec(line)?.[0] ?? "";
  const rest = time !== "" && line.startsWith(time) ? line.slice(time.length) : line;
  const header = HEADER_REST.exec(rest);
  const level = header?.groups?.level?.toUpperCase().slice(0, MAX_LEVEL_LENGTH) ?? null;
  const message = rest.slice(header?.[0].length ?? 0).trim();
  if (message !== "" || !isContinued(line)) return { level, message };
  return { level, message: continuation[0]?.trim() ?? "" };
}
