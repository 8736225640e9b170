import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createPlaces } from "../workers/places.ts";
import { listKept, makeCacheFolder, markUsed, removeKept, removeUnfinished } from "./cache-folder.ts";
import {
  archiveIdOf,
  type CacheSource,
  type LogCacheOptions,
  type Preparation,
  prepareInFolder,
  problemOf,
} from "./prepare-in-folder.ts";
import { openPreparedLog, type PreparedLog, type PrepareProblem, readSummary } from "./prepared-log.ts";

const AT_ONCE = 2;
/** How long a failure is shown to all who ask, before the next one tries again. */
const FAILURE_SHOWN_MS = 5_000;

/** `share`: how much is done, from 0 to 1. */
export type CachedLog =
  | { kind: "ready"; log: PreparedLog }
  | { kind: "preparing"; share: number }
  | { kind: "failed"; problem: PrepareProblem };

export type LogCache = ReturnType<typeof createLogCache>;

interface Job extends Preparation {
  /** Everybody who asked; it begins when it is the turn of one of them. */
  people: Set<number>;
  /** Resolves when it begins, with how to give up its place. */
  turn: PromiseWithResolvers<() => void>;
  /** Aborted when it has begun, and needs no other turn. */
  begun: AbortController;
  /** Ends with the problem, or null; never rejects. */
  done: Promise<PrepareProblem | null>;
  failed: { problem: PrepareProblem; at: number } | null;
}

/** Logs from archives, inflated once in a worker and kept on disk; an incomplete one is never shown. */
export function createLogCache(options: LogCacheOptions) {
  const { directory, listArchives, onFailure } = options;
  const jobs = new Map<string, Job>();
  const preparing = new Set<Job>();
  // Opening many logs only makes one wait for one's own: nothing is refused.
  const unbounded = Number.POSITIVE_INFINITY;
  const places = createPlaces({ atOnce: AT_ONCE, maxWaitingEach: unbounded, maxWaiting: unbounded });
  const closing = new AbortController();
  const isClean = removeUnfinished(directory);
  isClean.catch(() => undefined); // `prepare` throws it

  async function find(key: string): Promise<PreparedLog | null> {
    const log = await openPreparedLog(join(directory, key));
    if (log) await markUsed(join(directory, key));
    return log;
  }

  function begin(source: CacheSource): Job {
    const job: Job = {
      source,
      inflatedBytes: 0,
      people: new Set(),
      turn: Promise.withResolvers(),
      begun: new AbortController(),
      done: Promise.resolve(null),
      failed: null,
    };
    job.done = run(job);
    jobs.set(source.key, job);
    return job;
  }

  function askFor(job: Job, person: number): void {
    if (job.people.has(person)) return;
    job.people.add(person);
    places.take(person, job.begun.signal).then(
      (giveUpPlace) => {
        if (job.begun.signal.aborted) return giveUpPlace();
        job.begun.abort();
        job.turn.resolve(giveUpPlace);
      },
      () => undefined, // it has begun in the turn of another
    );
  }

  async function run(job: Job): Promise<PrepareProblem | null> {
    const { source } = job;
    try {
      const giveUpPlace = await job.turn.promise;
      await prepare(job).finally(giveUpPlace);
      jobs.delete(source.key);
      return null;
    } catch (error) {
      const problem = problemOf(error);
      if (!closing.signal.aborted) onFailure(source, problem, error);
      job.failed = { problem, at: performance.now() };
      return problem;
    }
  }

  async function prepare(job: Job): Promise<void> {
    await isClean;
    closing.signal.throwIfAborted();
    const others = new Set(preparing);
    preparing.add(job);
    try {
      await prepareInFolder(job, others, options, closing.signal);
    } finally {
      preparing.delete(job);
    }
  }

  return {
    summary: (key: string) => readSummary(join(directory, key)),
    /** Waits up to `maxWaitMs` for the preparation. @param person one log at a time is prepared for each user id. */
    async open(source: CacheSource, person: number, maxWaitMs: number): Promise<CachedLog> {
      const log = jobs.has(source.key) ? null : await find(source.key);
      if (log) return { kind: "ready", log };
      let job = jobs.get(source.key);
      const failedAt = job?.failed?.at ?? performance.now();
      if (!job || performance.now() - failedAt > FAILURE_SHOWN_MS) job = begin(source);
      askFor(job, person);
      await Promise.race([job.done, delay(maxWaitMs, undefined, { ref: false })]);
      if (job.failed) return { kind: "failed", problem: job.failed.problem };
      const prepared = jobs.has(source.key) ? null : await find(source.key);
      if (prepared) return { kind: "ready", log: prepared };
      return { kind: "preparing", share: Math.min(job.inflatedBytes / Math.max(source.bytes, 1), 1) };
    },
    async removeOrphans(): Promise<number> {
      await isClean;
      await makeCacheFolder(directory);
      const logs = (await listKept(directory)).map((key) => ({ key, archiveId: archiveIdOf(key) }));
      const ids = new Set(logs.flatMap(({ archiveId }) => archiveId ?? []));
      const archives = await listArchives([...ids]);
      const orphans = logs.filter(({ archiveId }) => archiveId !== null && !archives.has(archiveId));
      for (const { key } of orphans) await removeKept(directory, key);
      return orphans.length;
    },
    async close(): Promise<void> {
      closing.abort();
      for (const { turn, begun } of jobs.values()) {
        turn.reject(closing.signal.reason);
        begun.abort();
      }
      await Promise.allSettled([isClean, ...[...jobs.values()].map(({ done }) => done)]);
    },
  };
}
