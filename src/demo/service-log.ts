import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import type { DemoPosServer } from "./chain.ts";
import { type LogEntry, wordingOf } from "./log-wording.ts";

/** No file stays open, so that it can be moved away between two lines. */
export function createServiceLog(logsFolder: string, posServer: DemoPosServer) {
  const { utcOffsetMinutes, logEncoding } = posServer;
  const wording = wordingOf(posServer);

  function write(...entries: LogEntry[]): void {
    const now = Date.now();
    const folder = path.join(logsFolder, formatLogDate(now, utcOffsetMinutes));
    const time = formatLogTime(now, utcOffsetMinutes);
    const text = entries.map((entry) => wording.format(time, entry)).join("");
    mkdirSync(folder, { recursive: true });
    appendFileSync(path.join(folder, "sync.log"), iconv.encode(text, logEncoding));
  }

  return { wording, write };
}

/** Local time of a POS server, `2026-11-24 13:42:10,003`, from ms UTC. */
export function formatLogTime(at: number, utcOffsetMinutes: number): string {
  const local = new Date(at + utcOffsetMinutes * 60_000).toISOString();
  return local.replace("T", " ").replace(".", ",").replace("Z", "");
}

/** Local date of a POS server, `2026-11-24`, from ms UTC. */
export function formatLogDate(at: number, utcOffsetMinutes: number): string {
  return formatLogTime(at, utcOffsetMinutes).slice(0, "2026-11-24".length);
}
