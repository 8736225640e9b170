import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { DemoPosServer } from "./chain.ts";
import { encodeLogText, formatLogDate, formatLogTime, logFileHead } from "./log-line.ts";
import { type LogEntry, wordingOf } from "./log-wording.ts";

export type ServiceLog = ReturnType<typeof createServiceLog>;

/** No file stays open, so that it can be moved away between two lines. */
export function createServiceLog(logsFolder: string, posServer: DemoPosServer) {
  const { utcOffsetMinutes, logEncoding } = posServer;
  const wording = wordingOf(posServer);

  function write(...entries: LogEntry[]): void {
    const now = Date.now();
    const folder = path.join(logsFolder, formatLogDate(now, utcOffsetMinutes));
    const file = path.join(folder, "sync.log");
    const time = formatLogTime(now, utcOffsetMinutes);
    const text = entries.map((entry) => wording.format(time, entry)).join("");
    const bytes = encodeLogText(text, logEncoding);
    mkdirSync(folder, { recursive: true });
    appendFileSync(file, existsSync(file) ? bytes : Buffer.concat([logFileHead(logEncoding), bytes]));
  }

  return { wording, write };
}
