import pLimit from "p-limit";
import { runInWorker, WorkerLimitError, type WorkerLimits } from "./run-in-worker.ts";

/** `unusable`: its time is unlimited; `too_costly`: alone or with those before it; `too_general`: it fits any line. */
type PatternFault = "invalid" | "unusable" | "too_costly" | "too_general";

export interface PatternProblem {
  index: number;
  fault: PatternFault;
  /** For a log, in English. */
  reason: string;
}

/** The bundled agent is its own worker (`agent/main.ts`). */
const WORKER =
  typeof __filename === "undefined" ? new URL("./pattern-worker.ts", import.meta.url) : __filename;
/** The monitor waits 10 s for an agent to take patterns; a hundred of the usual ones take half a second. */
const LIMITS: WorkerLimits = { timeoutMs: 8_000, maxHeapMegabytes: 48 };
/** Only one check takes memory at a time. */
const inTurn = pLimit(1);

/**
 * Cost is known only after compiling, so a worker compiles one by one; at its limits, the current pattern is the problem.
 * @throws the signal's reason.
 */
export async function checkPatterns(
  sources: readonly string[],
  signal?: AbortSignal,
): Promise<PatternProblem[]> {
  if (sources.length === 0) return [];
  let last = 0;
  const onProgress = (index: number) => {
    last = index;
  };
  try {
    return await inTurn(() =>
      runInWorker<PatternProblem[], number>(WORKER, sources, LIMITS, { signal, onProgress }),
    );
  } catch (error) {
    if (!(error instanceof WorkerLimitError)) throw error;
    return [{ index: last, fault: "too_costly", reason: error.message }];
  }
}
