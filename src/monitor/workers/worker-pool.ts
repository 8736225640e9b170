import { startWorker, type Worker, type WorkerLimits } from "../../protocol/run-in-worker.ts";
import { createPlaces, type PlaceLimits } from "./places.ts";

export interface WorkerPoolOptions extends WorkerLimits, PlaceLimits {
  /** How long an idle worker is kept, since starting one takes longer than a small task. */
  idleMs: number;
}

export type WorkerPool = ReturnType<typeof createWorkerPool>;

/** A few workers of one file (see `answerParent`), each with one task at a time, and one task per person. */
export function createWorkerPool(file: URL, options: WorkerPoolOptions) {
  const places = createPlaces(options);
  const workers = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  const closing = new AbortController();

  return {
    /**
     * @param task is copied to the worker.
     * @throws NoPlaceError, WorkerLimitError, what the worker threw, or the signal's reason.
     */
    async run<Result>(person: number, task: unknown, given: AbortSignal): Promise<Result> {
      const signal = AbortSignal.any([given, closing.signal]);
      const giveUpPlace = await places.take(person, signal);
      let worker: Worker | undefined;
      try {
        // Starting one fails where memory is short.
        worker = takeIdle() ?? start();
        const result = await worker.run<Result>(task, signal);
        idle.set(worker, setTimeout(stop, options.idleMs, worker));
        return result;
      } catch (error) {
        if (worker) await stop(worker);
        throw error;
      } finally {
        giveUpPlace();
      }
    },
    waiting: places.waiting,
    size: () => workers.size,
    /** Stops running tasks and refuses waiting ones. */
    async close(): Promise<void> {
      closing.abort(new Error("the program is being stopped"));
      await Promise.all([...workers].map(stop));
    },
  };

  function start(): Worker {
    const worker = startWorker(file, options);
    workers.add(worker);
    worker.ended.addEventListener("abort", () => forget(worker));
    return worker;
  }

  function takeIdle(): Worker | undefined {
    const [worker] = idle.keys();
    if (worker) forgetIdle(worker);
    return worker;
  }

  async function stop(worker: Worker): Promise<void> {
    forget(worker);
    await worker.end();
  }

  function forget(worker: Worker): void {
    forgetIdle(worker);
    workers.delete(worker);
  }

  function forgetIdle(worker: Worker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
  }
}
