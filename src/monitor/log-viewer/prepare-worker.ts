import { parentPort, workerData } from "node:worker_threads";
import { PrepareError, prepareLog } from "./prepare-log.ts";
import type { PrepareProblem } from "./prepared-format.ts";

/** What this worker answers; null = the log is prepared. */
export interface PrepareAnswer {
  problem: PrepareProblem | null;
  /** For the program's log. */
  cause?: string;
}

parentPort?.postMessage(await prepare());

async function prepare(): Promise<PrepareAnswer> {
  try {
    await prepareLog(workerData);
    return { problem: null };
  } catch (error) {
    if (error instanceof PrepareError) return { problem: error.problem, cause: String(error.cause ?? error) };
    throw error;
  }
}
