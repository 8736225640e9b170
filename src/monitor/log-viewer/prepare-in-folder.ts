import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runInWorker, WorkerLimitError } from "../../protocol/run-in-worker.ts";
import { makeCacheFolder, makeRoom, removeKept, UNFINISHED } from "./cache-folder.ts";
import { CHECK_SPACE_EVERY_BYTES, PrepareError, type PrepareTask } from "./prepare-log.ts";
import type { PrepareAnswer } from "./prepare-worker.ts";
import { type PrepareProblem, readSummary } from "./prepared-log.ts";

const WORKER_FILE = new URL("./prepare-worker.ts", import.meta.url);
const PREPARE_LIMITS = { timeoutMs: 15 * 60_000, maxHeapMegabytes: 128 };
/** Space to try with: Russian letters of Windows-1251 take twice as much in UTF-8. */
const TEXT_SHARES = [1, 2];

export interface CacheSource {
  /** Unique; the name of its folder. Begins with the id of the archive and a hyphen. */
  key: string;
  zipFile: string;
  position: number;
  /** As the archive says. */
  bytes: number;
}

export interface LogCacheOptions {
  directory: string;
  /** For all logs together; the least recently viewed are removed first. */
  maxTotalBytes: number;
  maxFileBytes: number;
  reservedBytes: number;
  readFreeBytes: () => Promise<number>;
  /** Which of these archives still exist, by id. */
  listArchives: (ids: readonly number[]) => Promise<ReadonlySet<number>>;
  onFailure: (source: CacheSource, problem: PrepareProblem, cause: unknown) => void;
}

export interface Preparation {
  source: CacheSource;
  inflatedBytes: number;
}

/**
 * Does nothing when the log is already prepared.
 * @param others logs being prepared, which need space too.
 * @throws PrepareError, WorkerLimitError, errors of the file system, or the reason of the signal.
 */
export async function prepareInFolder(
  preparation: Preparation,
  others: ReadonlySet<Preparation>,
  options: LogCacheOptions,
  signal: AbortSignal,
): Promise<void> {
  const { directory, maxTotalBytes, maxFileBytes, reservedBytes, readFreeBytes, listArchives } = options;
  const { key, zipFile, position, bytes } = preparation.source;
  if (bytes > maxFileBytes) throw new PrepareError("too_large", `${bytes} bytes`);
  if (await readSummary(join(directory, key))) return;
  await makeCacheFolder(directory);
  const unfinished = join(directory, `${UNFINISHED}${randomUUID()}`);
  const task: PrepareTask = {
    zipFile,
    position,
    directory: unfinished,
    maxBytes: maxFileBytes,
    reservedBytes,
  };
  const onProgress = (inflatedBytes: number) => {
    preparation.inflatedBytes = inflatedBytes;
  };
  const follow = { signal, onProgress };
  let problem: PrepareProblem | null = "disk_full";
  let cause: string | undefined;
  for (const share of TEXT_SHARES) {
    const freeBytes = reservedBytes + share * bytes + CHECK_SPACE_EVERY_BYTES + stillNeeded(others);
    const hasRoom = await makeRoom(directory, { maxBytes: maxTotalBytes - bytes, freeBytes, readFreeBytes });
    if (!hasRoom) throw new PrepareError("disk_full", cause ?? `${freeBytes} bytes would have to be free`);
    onProgress(0);
    await mkdir(unfinished, { mode: 0o700 });
    try {
      const work = runInWorker<PrepareAnswer, number>(WORKER_FILE, task, PREPARE_LIMITS, follow);
      ({ problem, cause } = await work);
      if (!problem) {
        // What another version of the program prepared gives way.
        await removeKept(directory, key);
        await rename(unfinished, join(directory, key));
      }
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    if (problem !== "disk_full") break;
  }
  if (problem) throw new PrepareError(problem, cause);
  await makeRoom(directory, { maxBytes: maxTotalBytes, freeBytes: 0, readFreeBytes, keep: key });

  const archiveId = archiveIdOf(key);
  if (archiveId === null || (await listArchives([archiveId])).has(archiveId)) return;
  await removeKept(directory, key);
  throw new PrepareError("missing", "the archive was removed meanwhile");
}

/** The id of the archive that a log of the cache belongs to; null when its name has none. */
export function archiveIdOf(key: string): number | null {
  const [, id] = /^(\d{1,15})-/.exec(key) ?? [];
  return id === undefined ? null : Number(id);
}

export function problemOf(error: unknown): PrepareProblem {
  if (error instanceof PrepareError) return error.problem;
  if (error instanceof WorkerLimitError) return "too_large";
  return error instanceof Error && "code" in error && error.code === "ENOSPC" ? "disk_full" : "failed";
}

function stillNeeded(others: ReadonlySet<Preparation>): number {
  return [...others].reduce(
    (sum, { source, inflatedBytes }) => sum + Math.max(source.bytes - inflatedBytes, 0),
    0,
  );
}
