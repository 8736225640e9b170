import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WORKER_ARGUMENT, type WorkerMessage } from "./answer-parent.ts";

/** The only variables that workers get: no tokens. */
const ENVIRONMENT = ["LD_LIBRARY_PATH", "NODE_COMPILE_CACHE", "TMPDIR", "TZ"];
/** With what V8 would take by itself, a worker that makes an Excel file is 90 MB larger and no faster. */
const YOUNG_HEAP = "--max-semi-space-size=8";
/** How much of its standard error is kept. */
const MAX_SAID_LENGTH = 2_000;

export interface WorkerLimits {
  timeoutMs: number;
  maxHeapMegabytes: number;
}

export class WorkerLimitError extends Error {
  readonly limit: "time" | "memory";

  constructor(limit: "time" | "memory", { timeoutMs, maxHeapMegabytes }: WorkerLimits) {
    super(`stopped after ${limit === "time" ? `${timeoutMs} ms` : `${maxHeapMegabytes} MB of memory`}`);
    this.name = "WorkerLimitError";
    this.limit = limit;
  }
}

/** A separate process, since V8 ends the whole process that exceeds its memory. */
export type Worker = ReturnType<typeof startWorker>;

interface WorkOptions<Progress> {
  signal?: AbortSignal | undefined;
  onProgress?: (progress: Progress) => void;
}

/** Always ends the worker. @throws WorkerLimitError, the worker's error, or the signal's reason. */
export async function runInWorker<Result, Progress = never>(
  file: URL | string,
  task: unknown,
  limits: WorkerLimits,
  { signal, onProgress }: WorkOptions<Progress> = {},
): Promise<Result> {
  signal?.throwIfAborted();
  const worker = startWorker(file, limits, onProgress);
  try {
    return await worker.run<Result>(task, signal);
  } finally {
    await worker.end();
  }
}

/** The caller ends the worker. */
export function startWorker<Progress = never>(
  file: URL | string,
  limits: WorkerLimits,
  onProgress?: (progress: Progress) => void,
) {
  const script = file instanceof URL ? fileURLToPath(file) : file;
  const heap = `--max-old-space-size=${limits.maxHeapMegabytes}`;
  const child = spawn(process.execPath, [heap, YOUNG_HEAP, script, WORKER_ARGUMENT], {
    env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
    windowsHide: true,
  });
  const ended = new AbortController();
  let said = "";
  let isOutOfMemory = false;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    isOutOfMemory ||= said.includes("out of memory");
    said = said.slice(-MAX_SAID_LENGTH);
  });
  child.on("message", (message: WorkerMessage) => {
    if ("progress" in message) onProgress?.(message.progress as Progress);
  });
  // "error": it could not be started; "close": all its output has arrived.
  child.on("error", (error) => ended.abort(error));
  child.on("close", (code, signal) => {
    const how = `the worker ended with ${signal ?? code} and without an answer: ${said.trim()}`;
    ended.abort(isOutOfMemory ? new WorkerLimitError("memory", limits) : new Error(how));
  });

  /** When it rejects, the worker may still be running. @throws WorkerLimitError, the worker's error, or the signal's reason. */
  async function run<Result>(task: unknown, signal?: AbortSignal): Promise<Result> {
    const stopping = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
    stopping.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const onMessage = (message: WorkerMessage) => {
      if ("result" in message) resolve(message.result as Result);
      if ("error" in message) reject(Object.assign(message.error, message.facts));
    };
    const onStopping = () => reject(stopping.reason);
    const timer = setTimeout(() => reject(new WorkerLimitError("time", limits)), limits.timeoutMs);
    child.on("message", onMessage);
    stopping.addEventListener("abort", onStopping);
    try {
      // When this fails, "close" says why.
      child.send?.(task as object, () => {});
      return await promise;
    } finally {
      clearTimeout(timer);
      child.off("message", onMessage);
      stopping.removeEventListener("abort", onStopping);
    }
  }

  /** Kills the worker and waits for its end. */
  async function end(): Promise<void> {
    child.kill("SIGKILL");
    if (!ended.signal.aborted) await once(ended.signal, "abort");
  }

  /** `ended`: aborted when the worker has ended, with the reason. */
  return { run, end, ended: ended.signal };
}
