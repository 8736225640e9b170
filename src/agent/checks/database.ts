import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseConfig } from "../config/config.ts";
import { findDatabaseFiles } from "../database/database-files.ts";
import { nameHolders } from "../database/open-files.ts";
import type { FoundFile } from "../files/find-files.ts";
import type { Check, CheckResult } from "./run-checks.ts";

/** A database that is growing may briefly be shorter than its header says, and a new one is empty. */
const LOOK_AGAIN_MS = 500;
const FAULTS_FOR_A_MOMENT: unknown[] = ["truncated", "empty"];
/** No fault: the POS server has rights of its own. */
const CLOSED_TO_THE_AGENT = ["EACCES", "EPERM"];
const SQLITE_SIGNATURE = "SQLite format 3\0";
const SQLITE_HEADER_BYTES = 100;
/** The first page of an SQL Server data file is its file header: version 1, type 15. */
const SQL_SERVER_PAGE = [0x01, 0x0f];
const SQL_SERVER_PAGE_BYTES = 8_192;
const FORMATS_BY_EXTENSION: Record<string, DatabaseFormat> = {
  ".mdf": "sql_server",
  ".ldf": "sql_server",
  ".sdf": "sql_ce",
};

/** Whether the database files can be read and look whole, without asking a database server, and who has them open. */
export function databaseCheck(config: DatabaseConfig): Check {
  return {
    id: "database",
    async run(signal) {
      const files = await findDatabaseFiles(config);
      if (files.length === 0) return { outcome: "failed", detail: "missing" };
      const found = await look(files);
      if (!FAULTS_FOR_A_MOMENT.includes(found.detail)) return found;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
      return await look(files);
    },
  };
}

async function look(files: readonly FoundFile[]): Promise<CheckResult> {
  let value: FileFormat["format"] = "unknown";
  let isInUse = false;
  let refusal: string | null = null;
  for (const file of files) {
    try {
      const { format, fault } = await readFileFormat(file.path);
      if (value === "unknown") value = format;
      if (fault === null || (fault === "empty" && isCompanion(file, files))) continue;
      return { outcome: "failed", value: format, detail: fault };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Removed since they were listed.
      if (code === "ENOENT") continue;
      if (code === "EBUSY") isInUse = true;
      else if (CLOSED_TO_THE_AGENT.includes(code)) refusal = code;
      else return { outcome: "failed", value, detail: `unreadable:${code}` };
    }
  }
  if (refusal !== null) return { outcome: "unknown", value, detail: `unreadable:${refusal}` };
  const holders = await nameHolders(files, isInUse);
  if (holders === null) return { outcome: "ok", value };
  return { outcome: "ok", value, detail: `${holders.isGuess ? "held_perhaps" : "held"}:${holders.programs}` };
}

/** A journal such as `pos.db-wal` begins with the name of its database, and may be empty. */
function isCompanion({ name }: FoundFile, files: readonly FoundFile[]): boolean {
  return files.some((other) => other.name !== name && name.startsWith(other.name));
}

type DatabaseFormat = "sqlite" | "sql_server" | "sql_ce" | "unknown";

interface FileFormat {
  format: DatabaseFormat;
  fault: "empty" | "wrong_header" | "truncated" | null;
}

/** Only a database server could see damage beyond the first bytes. @throws when the file cannot be read. */
async function readFileFormat(path: string): Promise<FileFormat> {
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
