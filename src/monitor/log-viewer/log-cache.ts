import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pLimit from "p-limit";
import { runInWorker, WorkerLimitError } from "../workers/run-in-worker.ts";
import { makeRoom, markUsed, removeUnfinished, UNFINISHED } from "./cache-folder.ts";
import type { PrepareTask } from "./prepare-log.ts";
import type { PrepareAnswer } from "./prepare-worker.ts";
import type { LogSummary, PrepareProblem } from "./prepared-format.ts";
import { openPreparedLog, type PreparedLog, readSummary } from "./prepared-log.ts";

const WORKER_FILE = new URL("./prepare-worker.ts", import.meta.url);
const AT_ONCE = 2;
const PREPARE_LIMITS = { timeoutMs: 15 * 60_000, maxHeapMegabytes: 128 };
/** A failure is told to everybody who waits for it, then the next one who asks tries again. */
const FAILURE_STANDS_MS = 5_000;

/** One file of an archive. */
export interface CacheSource {
  /** Names it for ever; safe as the name of a folder. */
  key: string;
  zipFile: string;
  position: number;
  /** As the archive says. */
  bytes: number;
}

/** `share`: how much is done, from 0 to 1. */
export type CachedLog =
  | { kind: "ready"; log: PreparedLog }
  | { kind: "preparing"; share: number }
  | { kind: "failed"; problem: PrepareProblem };

export interface LogCache {
  /** Gives a log that is prepared, or begins to prepare it and waits for it for as long as it may. */
  open(source: CacheSource, maxWaitMs: number): Promise<CachedLog>;
  /** What is known of a log that is prepared already; null = it is not. */
  summary(key: string): Promise<LogSummary | null>;
  /** Ends what is being prepared. */
  close(): Promise<void>;
}

export interface LogCacheOptions {
  directory: string;
  /** All logs together; those that were not looked at for longest go first. */
  maxTotalBytes: number;
  maxFileBytes: number;
  onFailure: (source: CacheSource, problem: PrepareProblem, cause: unknown) => void;
}

interface Job {
  inflatedBytes: Float64Array<SharedArrayBuffer>;
  /** Ends with the problem, or null; never rejects. */
  done: Promise<PrepareProblem | null>;
  failed: { problem: PrepareProblem; at: number } | null;
}

/** Logs out of archives, inflated once in a worker and kept on disk. What is not whole is never shown. */
export function createLogCache({
  directory,
  maxTotalBytes,
  maxFileBytes,
  onFailure,
}: LogCacheOptions): LogCache {
  const jobs = new Map<string, Job>();
  const limit = pLimit(AT_ONCE);
  const closing = new AbortController();
  const isClean = removeUnfinished(directory);
  isClean.catch(() => undefined); // told to whoever opens a log

  async function find(key: string): Promise<PreparedLog | null> {
    const log = await openPreparedLog(join(directory, key));
    if (log) await markUsed(join(directory, key));
    return log;
  }

  function begin(source: CacheSource): Job {
    const inflatedBytes = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
    const job: Job = { inflatedBytes, done: limit(() => run(source, job)), failed: null };
    jobs.set(source.key, job);
    return job;
  }

  async function run(source: CacheSource, job: Job): Promise<PrepareProblem | null> {
    try {
      await prepare(source, job.inflatedBytes);
      jobs.delete(source.key);
      return null;
    } catch (error) {
      const problem = error instanceof RefusedLog ? error.problem : problemOf(error);
      if (!closing.signal.aborted) onFailure(source, problem, error);
      job.failed = { problem, at: performance.now() };
      return problem;
    }
  }

  async function prepare(source: CacheSource, inflatedBytes: Job["inflatedBytes"]): Promise<void> {
    if (source.bytes > maxFileBytes) throw new RefusedLog("too_large", `${source.bytes} bytes`);
    await isClean;
    closing.signal.throwIfAborted();
    if (await readSummary(join(directory, source.key))) return;
    const unfinished = join(directory, `${UNFINISHED}${randomUUID()}`);
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    try {
      await makeRoom(directory, maxTotalBytes - source.bytes);
      const { zipFile, position } = source;
      const task: PrepareTask = {
        zipFile,
        position,
        directory: unfinished,
        maxBytes: maxFileBytes,
        inflatedBytes,
      };
      const { problem, cause } = await runInWorker<PrepareAnswer>(
        WORKER_FILE,
        task,
        PREPARE_LIMITS,
        closing.signal,
      );
      if (problem) throw new RefusedLog(problem, cause);
      await rename(unfinished, join(directory, source.key));
      await makeRoom(directory, maxTotalBytes, source.key);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  return {
    summary: (key) => readSummary(join(directory, key)),
    async open(source, maxWaitMs) {
      const log = jobs.has(source.key) ? null : await find(source.key);
      if (log) return { kind: "ready", log };
      let job = jobs.get(source.key);
      if (!job || isOver(job)) job = begin(source);
      await Promise.race([job.done, delay(maxWaitMs, undefined, { ref: false })]);
      if (job.failed) return { kind: "failed", problem: job.failed.problem };
      const prepared = jobs.has(source.key) ? null : await find(source.key);
      if (prepared) return { kind: "ready", log: prepared };
      return {
        kind: "preparing",
        share: Math.min((job.inflatedBytes[0] ?? 0) / Math.max(source.bytes, 1), 1),
      };
    },
    async close() {
      closing.abort();
      await Promise.allSettled([isClean, ...[...jobs.values()].map(({ done }) => done)]);
    },
  };
}

function isOver({ failed }: Job): boolean {
  return failed !== null && performance.now() - failed.at > FAILURE_STANDS_MS;
}

class RefusedLog extends Error {
  readonly problem: PrepareProblem;

  constructor(problem: PrepareProblem, detail: string | undefined) {
    super(`the log is not prepared: ${problem}${detail ? `, ${detail}` : ""}`);
    this.problem = problem;
  }
}

function problemOf(error: unknown): PrepareProblem {
  if (error instanceof WorkerLimitError) return "too_large";
  return error instanceof Error && "code" in error && error.code === "ENOSPC" ? "disk_full" : "failed";
}
