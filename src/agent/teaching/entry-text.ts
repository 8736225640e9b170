import type { Pattern } from "../../protocol/pattern.ts";
import { joinMessage } from "../sync-log/log-entry.ts";
import { splitHeader } from "../sync-log/log-header.ts";

/** The level and the text of an entry of the log, its header left out; its text may begin on the next line. */
export function entryText(
  line: string,
  continuation: readonly string[],
  timestamp: Pattern,
): { level: string | null; message: string } {
  return splitHeader(
    joinMessage(line, () => continuation, timestamp),
    timestamp,
  );
}
