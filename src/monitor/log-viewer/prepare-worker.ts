import { answerParent } from "../../protocol/answer-parent.ts";
import { PrepareError, type PrepareTask, prepareLog } from "./prepare-log.ts";
import type { PrepareProblem } from "./prepared-format.ts";

/** What this worker answers; null = the log is prepared. */
export interface PrepareAnswer {
  problem: PrepareProblem | null;
  /** For the program's log. */
  cause?: string;
}

answerParent(prepare);

/** @param tell gets the bytes that are inflated so far. */
async function prepare(task: PrepareTask, tell: (inflatedBytes: number) => void): Promise<PrepareAnswer> {
  try {
    await prepareLog(task, tell);
    return { problem: null };
  } catch (error) {
    if (error instanceof PrepareError) return { problem: error.problem, cause: String(error.cause ?? error) };
    throw error;
  }
}
