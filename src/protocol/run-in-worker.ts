import { spawn } from "node:child_process";
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

interface WorkOptions<Progress> {
  signal?: AbortSignal | undefined;
  onProgress?: (progress: Progress) => void;
}

/**
 * Does one task (see `answerParent`) in a process of its own, since V8 ends the whole process that exceeds its memory. The
 * process has ended when this returns.
 * @param task is copied to the worker.
 * @throws WorkerLimitError, the worker's error, or the signal's reason.
 */
export async function runInWorker<Result, Progress = never>(
  file: URL | string,
  task: unknown,
  limits: WorkerLimits,
  { signal, onProgress }: WorkOptions<Progress> = {},
): Promise<Result> {
  signal?.throwIfAborted();
  const script = file instanceof URL ? fileURLToPath(file) : file;
  const heap = `--max-old-space-size=${limits.maxHeapMegabytes}`;
  const child = spawn(process.execPath, [heap, YOUNG_HEAP, script, WORKER_ARGUMENT], {
    env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
    windowsHide: true,
  });
  const answer = Promise.withResolvers<Result>();
  const ended = Promise.withResolvers<void>();
  let said = "";
  let isOutOfMemory = false;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    isOutOfMemory ||= said.includes("out of memory");
    said = said.slice(-MAX_SAID_LENGTH);
  });
  child.on("message", (message: WorkerMessage) => {
    if ("progress" in message) onProgress?.(message.progress as Progress);
    else if ("result" in message) answer.resolve(message.result as Result);
    else answer.reject(Object.assign(message.error, message.facts));
  });
  // "error": it could not be started; "close": all its output has arrived.
  child.on("error", (error) => {
    answer.reject(error);
    ended.resolve();
  });
  child.on("close", (code, killedBy) => {
    const how = `the worker ended with ${killedBy ?? code} and without an answer: ${said.trim()}`;
    answer.reject(isOutOfMemory ? new WorkerLimitError("memory", limits) : new Error(how));
    ended.resolve();
  });
  const onAbort = () => answer.reject(signal?.reason);
  const timer = setTimeout(() => answer.reject(new WorkerLimitError("time", limits)), limits.timeoutMs);
  signal?.addEventListener("abort", onAbort);
  try {
    // When this fails, "close" says why.
    child.send?.(task as object, () => {});
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
    await ended.promise;
  }
}
