import { addAbortSignal, PassThrough, pipeline, type Readable, Transform } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ZipFile } from "yazl";
import { ARCHIVE_README, type WantedLog } from "../../protocol/logs.ts";
import type { LogFolder } from "./log-path.ts";
import {
  explainUnreadable,
  formatArchiveReadme,
  type OpenLog,
  openLog,
  type UnreadableLog,
} from "./open-log.ts";

const MAX_AT_ONCE = 2;
const PIECES_PER_SECOND = 20;

/** Level 6 would make logs a seventh smaller for twice the processor time. */
export const COMPRESSION_LEVEL = 1;

/** Logs are opened one after the other, and read no faster than the zip is. Destroying the stream closes the open log. */
export function createLogArchive(folder: LogFolder, wanted: readonly WantedLog[], pace: Pace): Readable {
  const zip = new ZipFile();
  const archive = pace();
  const abandonment = new AbortController();
  pipeline(zip.outputStream, archive, () => abandonment.abort());
  zip.on("error", (error) => archive.destroy(error));
  addLogs(zip, folder, wanted, abandonment.signal).catch((error: Error) => archive.destroy(error));
  return archive;
}

async function addLogs(
  zip: ZipFile,
  folder: LogFolder,
  wanted: readonly WantedLog[],
  signal: AbortSignal,
): Promise<void> {
  const unreadable: UnreadableLog[] = [];
  for (const log of wanted) {
    const problem = await addLog(zip, folder, log, signal);
    if (signal.aborted) return;
    if (problem !== null) unreadable.push({ name: log.name, problem });
  }
  if (unreadable.length > 0) zip.addBuffer(formatArchiveReadme(unreadable), ARCHIVE_README);
  zip.end();
}

/** @returns why it is missing or incomplete; null when complete. */
async function addLog(
  zip: ZipFile,
  folder: LogFolder,
  wanted: WantedLog,
  signal: AbortSignal,
): Promise<string | null> {
  let log: OpenLog;
  try {
    log = await openLog(folder, wanted);
  } catch (error) {
    return explainUnreadable(error);
  }
  addAbortSignal(signal, log.content);
  zip.addReadStream(log.content, wanted.name, {
    // Times before 1970, which a damaged file system can have, do not fit into a zip.
    mtime: new Date(Math.max(0, log.modifiedAt.getTime())),
    compressionLevel: COMPRESSION_LEVEL,
  });
  try {
    await finished(log.content);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return log.problem();
}

type Pace = () => Transform;

/** The streams it makes pass data on and together stay within the speed; null = no limit. */
export function createPace(bytesPerSecond: number | null): Pace {
  if (bytesPerSecond === null) return () => new PassThrough();
  // A second can hold one piece more than its share, so the share is that much smaller.
  const pieceBytes = Math.floor(bytesPerSecond / (PIECES_PER_SECOND + 1));
  const bytesPerMs = (pieceBytes * PIECES_PER_SECOND) / 1000;
  let freeAt = 0;

  async function waitForTurn(bytes: number): Promise<void> {
    const now = performance.now();
    const turnAt = Math.max(now, freeAt);
    freeAt = turnAt + bytes / bytesPerMs;
    if (turnAt > now) await delay(turnAt - now);
  }

  async function handOn(stream: Transform, chunk: Buffer): Promise<void> {
    for (let start = 0; start < chunk.length && !stream.destroyed; start += pieceBytes) {
      const piece = chunk.subarray(start, start + pieceBytes);
      await waitForTurn(piece.length);
      stream.push(piece);
    }
  }

  return () =>
    new Transform({
      transform(chunk, _encoding, done) {
        handOn(this, chunk).then(() => done(), done);
      },
    });
}

export type OpenArchives = ReturnType<typeof createOpenArchives>;

export function createOpenArchives() {
  const open = new Set<Readable>();
  let isHeldOff = false;
  return {
    hasRoom: () => !isHeldOff && open.size < MAX_AT_ONCE,
    add(archive: Readable): void {
      open.add(archive);
      archive.once("close", () => open.delete(archive));
    },
    /** Lets no archive begin until the returned function is called; null while any is open. */
    holdOff(): (() => void) | null {
      if (open.size > 0) return null;
      isHeldOff = true;
      return () => {
        isHeldOff = false;
      };
    },
    end(): void {
      for (const archive of open) archive.destroy();
    },
  };
}
