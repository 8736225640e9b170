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
  file: URL,
  input: unknown,
  limits: WorkerLimits,
  signal?: AbortSignal,
): Promise<Result> {
  const worker = new Worker(file, {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMegabytes },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const timer = setTimeout(() => reject(new WorkerLimitError("time", limits)), limits.timeoutMs);
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  worker.once("message", resolve);
  worker.once("error", (error) =>
    reject(isOutOfMemory(error) ? new WorkerLimitError("memory", limits) : error),
  );
  worker.once("exit", (code) => reject(new Error(`the worker ended with ${code} and without an answer`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
