import iconv from "iconv-lite";

export type WrittenEncoding = "utf-8" | "utf-8-bom" | "windows-1251";

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Local time of a POS server, `2026-11-24 13:42:10,003`, from ms UTC. */
export function formatLogTime(at: number, utcOffsetMinutes: number): string {
  return toLocalIso(at, utcOffsetMinutes).replace("T", " ").replace(".", ",").replace("Z", "");
}

/** Local date of a POS server, `2026-11-24`, from ms UTC. */
export function formatLogDate(at: number, utcOffsetMinutes: number): string {
  return toLocalIso(at, utcOffsetMinutes).slice(0, "2026-11-24".length);
}

/** Without a byte order mark. */
export function encodeLogText(text: string, encoding: WrittenEncoding): Buffer {
  return encoding === "windows-1251" ? iconv.encode(text, encoding) : Buffer.from(text);
}

export function logFileHead(encoding: WrittenEncoding): Buffer {
  return encoding === "utf-8-bom" ? BYTE_ORDER_MARK : Buffer.alloc(0);
}

function toLocalIso(at: number, utcOffsetMinutes: number): string {
  return new Date(at + utcOffsetMinutes * 60_000).toISOString();
}
