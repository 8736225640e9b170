import { startWorker, type Worker, type WorkerLimits } from "../../protocol/run-in-worker.ts";
import { createPlaces, type PlaceLimits } from "../workers/places.ts";
import type { PoolTask } from "./pool-worker.ts";

const WORKER_FILE = new URL("./pool-worker.ts", import.meta.url);

/** As many workers as may work at once. */
export interface WorkerPoolOptions extends WorkerLimits, PlaceLimits {
  /** How long a worker with nothing to do is kept, since starting one takes longer than a small file. */
  idleMs: number;
}

/** A few workers that run one task each at a time, and of each person one. */
export interface WorkerPool {
  /**
   * Runs a module's function `run` with a copy of the input.
   * @param person whose task it is.
   * @throws NoPlaceError, WorkerLimitError, what the function threw, or the reason of the signal.
   */
  run<Result>(person: number, module: URL, input: unknown, signal: AbortSignal): Promise<Result>;
  /** How many tasks wait for a worker. */
  waiting(): number;
  /** How many workers there are, idle ones too. */
  size(): number;
  /** Stops whatever runs and refuses whatever waits. */
  close(): Promise<void>;
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { idleMs } = options;
  const places = createPlaces(options);
  const workers = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  const closing = new AbortController();

  return {
    async run<Result>(person: number, module: URL, input: unknown, given: AbortSignal): Promise<Result> {
      const signal = AbortSignal.any([given, closing.signal]);
      const giveUpPlace = await places.take(person, signal);
      let worker: Worker | undefined;
      try {
        // Where memory is short none can be started.
        worker = takeIdle() ?? start();
        const task: PoolTask = { module: module.href, input };
        const result = await worker.run<Result>(task, signal);
        keep(worker);
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
    async close() {
      closing.abort(new Error("the program is being stopped"));
      await Promise.all([...workers].map(stop));
    },
  };

  function start(): Worker {
    const worker = startWorker(WORKER_FILE, options);
    workers.add(worker);
    worker.ended.addEventListener("abort", () => forget(worker));
    return worker;
  }

  function takeIdle(): Worker | undefined {
    const [kept] = idle;
    if (!kept) return undefined;
    const [worker, timer] = kept;
    clearTimeout(timer);
    idle.delete(worker);
    return worker;
  }

  function keep(worker: Worker): void {
    idle.set(
      worker,
      setTimeout(() => void stop(worker), idleMs),
    );
  }

  async function stop(worker: Worker): Promise<void> {
    forget(worker);
    await worker.end();
  }

  function forget(worker: Worker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    workers.delete(worker);
  }
}
