import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import pLimit from "p-limit";
import { Compile } from "typebox/compile";
import { decodeLines, fileEncoding } from "../../protocol/decode-lines.ts";
import { LogFile, type LogPeriod, MAX_LISTED_LOGS } from "../../protocol/logs.ts";
import type { LogsConfig } from "../config/config.ts";
import { type FoundFile, findFiles } from "../files/find-files.ts";
import { createLogTimeParser } from "../sync-log/log-time.ts";
import { findLogFolder, isLogName, LogFolderError } from "./log-path.ts";

const PARALLEL_READS = 8;
const HEAD_BYTES = 4096;
const validator = Compile(LogFile);

/** The logs that may hold lines of a period, newest first; `problems` say what could not be read. @throws LogFolderError */
export async function listLogs(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  period: LogPeriod,
): Promise<{ files: LogFile[]; problems: string[] }> {
  const from = Date.parse(period.from);
  const to = Date.parse(period.to);
  const timesOf = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);

  /** When a log was begun: a copied or restored file has lines older than itself. */
  async function beganAt(file: FoundFile): Promise<number> {
    const madeAt = Math.min(file.createdAt, file.modifiedAt);
    if (madeAt <= to) return madeAt;
    const parseTime = timesOf(file);
    const times = (await readHead(file.path)).map((line) => parseTime(line, file.modifiedAt));
    return Math.min(times.find((time) => time !== null) ?? madeAt, madeAt);
  }

  const folder = await findLogFolder(config);
  const { files, problems } = await findFiles(folder.path, folder.globs, Number.POSITIVE_INFINITY).catch(
    (error: unknown) => {
      throw new LogFolderError(error);
    },
  );
  const limit = pLimit(PARALLEL_READS);
  const recent = files.filter((file) => file.modifiedAt >= from && isLogName(file.name, folder.globs));
  const begun = await Promise.all(
    recent.map((file) => limit(async () => ({ ...file, createdAt: await beganAt(file) }))),
  );
  const listed = begun.filter(({ createdAt }) => createdAt <= to).map(toLogFile);
  return { files: listed.filter((file) => validator.Check(file)).slice(0, MAX_LISTED_LOGS), problems };
}

/** The first lines of a file; none when it cannot be read. */
export async function readHead(path: string): Promise<string[]> {
  const head = await buffer(createReadStream(path, { end: HEAD_BYTES - 1 })).catch(() => Buffer.alloc(0));
  return decodeLines(head, 0, fileEncoding(head, "auto")).map((line) => line.text);
}

function toLogFile({ name, bytes, createdAt, modifiedAt }: FoundFile): LogFile {
  return {
    name,
    bytes,
    createdAt: new Date(createdAt).toISOString(),
    modifiedAt: new Date(modifiedAt).toISOString(),
  };
}
