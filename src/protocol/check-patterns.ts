import pLimit from "p-limit";
import { runInWorker, WorkerLimitError, type WorkerLimits } from "./run-in-worker.ts";

/**
 * Why a pattern cannot be taught: it is none, it could take any time, it takes too much memory or time, alone or together with
 * those before it, or it has no word of its own and would fit any line.
 */
export type PatternFault = "invalid" | "unusable" | "too_costly" | "too_general";

export interface PatternProblem {
  /** Its place among those that were checked. */
  index: number;
  fault: PatternFault;
  /** For a log, in English. */
  reason: string;
}

/** The agent in one file is its own worker: `agent/main.ts` looks where it runs. */
const WORKER =
  typeof __filename === "undefined" ? new URL("./pattern-worker.ts", import.meta.url) : __filename;
/** The monitor waits 10 s for an agent to take patterns; a hundred of the usual ones take half of one. */
const LIMITS: WorkerLimits = { timeoutMs: 8_000, maxHeapMegabytes: 48 };
/** Whoever asks: no two of them take memory at once. */
const inTurn = pLimit(1);

/**
 * Finds what keeps patterns from being taught together. How much one takes is not known before it is compiled, so that it is done
 * in a worker, one by one, which is stopped at its limits: then the problem is the last one.
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
