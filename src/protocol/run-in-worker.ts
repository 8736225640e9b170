import { Worker } from "node:worker_threads";

export interface WorkerLimits {
  timeoutMs: number;
  maxHeapMegabytes: number;
}

/** The work was stopped because it took more time or memory than it may. */
export class WorkerLimitError extends Error {
  readonly limit: "time" | "memory";

  constructor(limit: "time" | "memory", { timeoutMs, maxHeapMegabytes }: WorkerLimits) {
    super(`stopped after ${limit === "time" ? `${timeoutMs} ms` : `${maxHeapMegabytes} MB of memory`}`);
    this.name = "WorkerLimitError";
    this.limit = limit;
  }
}

/**
 * Runs a worker file that posts one message, and ends the worker whatever happens.
 * @param input what the worker finds in `workerData`; it is copied.
 * @returns the message.
 * @param signal ends it early.
 * @throws WorkerLimitError, what the worker threw, or the reason of the signal.
 */
export async function runInWorker<Result>(
  file: URL | string,
  input: unknown,
  limits: WorkerLimits,
  signal?: AbortSignal,
): Promise<Result> {
  const worker = startWorker(file, limits, input);
  try {
    return await nextMessage<Result>(worker, limits, signal);
  } finally {
    await worker.terminate();
  }
}

/** Starts a worker file within its limit of memory; whoever starts it ends it. */
export function startWorker(file: URL | string, limits: WorkerLimits, input?: unknown): Worker {
  return new Worker(file, {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMegabytes },
  });
}

/**
 * Waits for the next message of a worker. When it rejects the worker may still be running.
 * @throws WorkerLimitError, what the worker threw, or the reason of the signal.
 */
export async function nextMessage<Result>(
  worker: Worker,
  limits: WorkerLimits,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onError = (error: unknown) =>
    reject(isOutOfMemory(error) ? new WorkerLimitError("memory", limits) : error);
  const onExit = (code: number) => reject(new Error(`the worker ended with ${code} and without an answer`));
  const onAbort = () => reject(signal?.reason);
  const timer = setTimeout(() => reject(new WorkerLimitError("time", limits)), limits.timeoutMs);
  worker.once("message", resolve).once("error", onError).once("exit", onExit);
  signal?.addEventListener("abort", onAbort);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off("message", resolve).off("error", onError).off("exit", onExit);
    signal?.removeEventListener("abort", onAbort);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
