import pLimit from "p-limit";
import { runInWorker, WorkerLimitError, type WorkerLimits } from "./run-in-worker.ts";

/**
 * Why a pattern cannot be taught: it is no regular expression; its time is unlimited; it costs too much, alone or with those
 * before it; it requires no word and fits any line.
 */
type PatternFault = "invalid" | "unusable" | "too_costly" | "too_general";

export interface PatternProblem {
  /** Of the pattern. */
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
 * Finds why patterns cannot be taught together. Their cost is known only after compiling, so a worker compiles one after the
 * other; if it hits its limits, the pattern it was at is the problem.
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
