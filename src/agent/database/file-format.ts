import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { buffer } from "node:stream/consumers";

const SQLITE_SIGNATURE = "SQLite format 3\0";
const SQLITE_HEADER_BYTES = 100;
/** The first page of an SQL Server data file is its file header: version 1, type 15. */
const SQL_SERVER_PAGE = [0x01, 0x0f];
const SQL_SERVER_PAGE_BYTES = 8_192;

type DatabaseFormat = "sqlite" | "sql_server" | "sql_ce" | "unknown";

const FORMATS_BY_EXTENSION: Record<string, DatabaseFormat> = {
  ".mdf": "sql_server",
  ".ldf": "sql_server",
  ".sdf": "sql_ce",
};

export interface FileFormat {
  format: DatabaseFormat;
  fault: "empty" | "wrong_header" | "truncated" | null;
}

/** Only a database server could see damage beyond the first bytes. @throws when the file cannot be read. */
export async function readFileFormat(path: string): Promise<FileFormat> {
  const { size } = await stat(path);
  const head = await buffer(createReadStream(path, { end: SQLITE_HEADER_BYTES - 1 }));
  return formatOf(extname(path).toLowerCase(), head, size);
}

function formatOf(extension: string, head: Buffer, size: number): FileFormat {
  if (size === 0) return { format: FORMATS_BY_EXTENSION[extension] ?? "unknown", fault: "empty" };
  if (head.toString("latin1", 0, SQLITE_SIGNATURE.length) === SQLITE_SIGNATURE)
    return { format: "sqlite", fault: size < sqliteBytes(head) ? "truncated" : null };
  if (extension === ".mdf") {
    const isHeader = SQL_SERVER_PAGE.every((byte, index) => head[index] === byte);
    const isWhole = size % SQL_SERVER_PAGE_BYTES === 0;
    return { format: "sql_server", fault: !isHeader ? "wrong_header" : isWhole ? null : "truncated" };
  }
  return { format: FORMATS_BY_EXTENSION[extension] ?? "unknown", fault: null };
}

/** The file's length by its header; 0 when SQLite from before 2010 wrote it last, which does not record it. */
function sqliteBytes(head: Buffer): number {
  if (head.length < SQLITE_HEADER_BYTES) return Number.POSITIVE_INFINITY;
  const [changeCounter, pages, validFor] = [24, 28, 92].map((offset) => head.readUInt32BE(offset));
  // 1 stands for 65,536, which two bytes cannot hold.
  const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  return changeCounter === validFor ? (pages ?? 0) * pageBytes : 0;
}
