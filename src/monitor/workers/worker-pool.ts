import { startWorker, type Worker, type WorkerLimits } from "../../protocol/run-in-worker.ts";
import { createPlaces, type PlaceLimits } from "./places.ts";

/** As many workers as may work at once. */
export interface WorkerPoolOptions extends WorkerLimits, PlaceLimits {
  /** How long a worker with nothing to do is kept, since starting one takes longer than a small task. */
  idleMs: number;
}

export type WorkerPool = ReturnType<typeof createWorkerPool>;

/** A few workers of one file (see `answerParent`) that do one task each at a time, and of each person one. */
export function createWorkerPool(file: URL, options: WorkerPoolOptions) {
  const places = createPlaces(options);
  const workers = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  const closing = new AbortController();

  return {
    /**
     * Has a worker do a task, of which it gets a copy.
     * @param person whose task it is.
     * @throws NoPlaceError, WorkerLimitError, what the worker threw, or the reason of the signal.
     */
    async run<Result>(person: number, task: unknown, given: AbortSignal): Promise<Result> {
      const signal = AbortSignal.any([given, closing.signal]);
      const giveUpPlace = await places.take(person, signal);
      let worker: Worker | undefined;
      try {
        // Where memory is short none can be started.
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
    /** How many tasks wait for a worker. */
    waiting: places.waiting,
    /** How many workers there are, idle ones too. */
    size: () => workers.size,
    /** Stops whatever runs and refuses whatever waits. */
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
