import type { Pattern } from "../../protocol/pattern.ts";
import { isContinued } from "../sync-log/log-entry.ts";
import { splitHeader } from "../sync-log/log-header.ts";

/** The level and the text of an entry of the log, its header left out; its text may begin on the next line. */
export function entryText(
  line: string,
  continuation: readonly string[],
  timestamp: Pattern,
): { level: string | null; message: string } {
  const { level, message } = splitHeader(line, timestamp);
  if (message !== "" || !isContinued(line)) return { level, message };
  return { level, message: continuation[0]?.trim() ?? "" };
}
