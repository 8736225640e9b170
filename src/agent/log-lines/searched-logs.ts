import { createReadStream } from "node:fs";
import { matchesGlob } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise } from "yauzl";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { LogsConfig } from "../config/config.ts";
import { type FoundFile, type FoundFiles, findFiles } from "../files/find-files.ts";
import { readHead } from "../logs/list-logs.ts";
import { openLogFile } from "../sync-log/log-file.ts";
import type { LogReading } from "../sync-log/log-reading.ts";
import {
  DISORDER_MS,
  type EntryBlock,
  entryBlocks,
  type Period,
  piecesOfFile,
  piecesOfStream,
} from "./entry-blocks.ts";
import type { SearchLimits } from "./search-limits.ts";

const GZ = /\.gz$/i;
const ZIP = /\.zip$/i;
const BLOCK_BYTES = 64 * 1024;

export interface SearchedLog {
  /** Of a log within a zip: that of the zip and its own. */
  name: string;
  blocks: AsyncIterable<EntryBlock>;
}

interface Searched {
  config: LogsConfig;
  timesOf: LogReading["timesOf"];
  period: Period;
  limits: SearchLimits;
}

/** Also those that were compressed since, the last changed first. @throws when the folder cannot be read. */
export async function findSearchedFiles({ directory, files }: LogsConfig): Promise<FoundFiles> {
  return await findFiles(directory, [...files, ...files.map((glob) => `${glob}.gz`), "**/*.zip"]);
}

/** The log in a file, or those in a zip. @throws when it cannot be read. */
export async function* openLogs(file: FoundFile, searched: Searched): AsyncGenerator<SearchedLog> {
  const { config, timesOf, period } = searched;
  const { name, path } = file;
  const parseTime = timesOf(file);
  if (ZIP.test(name)) yield* logsOfZip(file, searched);
  else if (GZ.test(name)) {
    const inflated = createGunzip({ chunkSize: BLOCK_BYTES });
    pipeline(createReadStream(path), inflated, () => undefined); // errors are thrown where it is read
    const pieces = piecesOfStream(inflated, config.encoding);
    yield { name, blocks: entryBlocks(pieces, "oldest first", parseTime, period) };
  } else {
    const head = file.bytes > BLOCK_BYTES ? await readHead(path) : [];
    const begunAt = head.map((line) => parseTime(line, Date.now())).find((at) => at !== null) ?? 0;
    if (begunAt > period.to + DISORDER_MS) return;
    const opened = await openLogFile(file, config.encoding);
    try {
      yield { name, blocks: entryBlocks(piecesOfFile(opened), "newest first", parseTime, period) };
    } finally {
      await opened.handle.close();
    }
  }
}

async function* logsOfZip(
  { name, path }: FoundFile,
  { config, timesOf, period, limits }: Searched,
): AsyncGenerator<SearchedLog> {
  const isLog = (log: string) => config.files.some((glob) => matchesGlob(log, glob));
  const isOfLog = isLog(name.replace(ZIP, ""));
  // Names are decoded here: yauzl would refuse the whole archive for a name that leads out of a folder.
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false });
  async function* blocksOf(entry: Entry, log: string) {
    const at = entry.getLastModDate().getTime();
    const pieces = piecesOfStream(await zip.openReadStreamPromise(entry), config.encoding);
    const parseTime = timesOf({ name: log, createdAt: at, modifiedAt: at });
    yield* entryBlocks(pieces, "oldest first", parseTime, period);
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const log = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      // The zone of its time is unknown.
      const isOld = entry.getLastModDate().getTime() < period.from - DAY_MS;
      if (!isOld && !log.endsWith("/") && (isOfLog || isLog(log))) {
        yield { name: `${name}/${log}`, blocks: blocksOf(entry, log) };
        continue;
      }
      await limits.rest(0);
      if (limits.reached() !== null) throw new Error("so many other files are in the zip");
    }
  } finally {
    zip.close();
  }
}
