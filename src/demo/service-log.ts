import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { DemoPosServer } from "./chain.ts";
import {
  encodeLogText,
  formatLogDate,
  formatLogLine,
  formatLogTime,
  type LineLevel,
  logFileHead,
} from "./log-line.ts";

const THREAD = 12;

/** Writes the log of a service: `Logs/<local date>/sync.log`, a new file every day. */
export interface ServiceLog {
  write(level: LineLevel, text: string): void;
}

/** Opens nothing and keeps nothing open, so files can be moved away between two lines as on a real machine. */
export function createServiceLog(logsFolder: string, posServer: DemoPosServer): ServiceLog {
  const { utcOffsetMinutes, logEncoding } = posServer;

  function write(level: LineLevel, text: string): void {
    const now = Date.now();
    const folder = path.join(logsFolder, formatLogDate(now, utcOffsetMinutes));
    const file = path.join(folder, "sync.log");
    const line = formatLogLine(formatLogTime(now, utcOffsetMinutes), level, THREAD, text);
    const bytes = encodeLogText(line, logEncoding);
    mkdirSync(folder, { recursive: true });
    appendFileSync(file, existsSync(file) ? bytes : Buffer.concat([logFileHead(logEncoding), bytes]));
  }

  return { write };
}
