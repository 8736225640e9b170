import { answerParent } from "../../protocol/answer-parent.ts";
import { PrepareError, type PrepareTask, prepareLog } from "./prepare-log.ts";
import type { PrepareProblem } from "./prepared-log.ts";

/** `problem`: null = the log is prepared. */
export interface PrepareAnswer {
  problem: PrepareProblem | null;
  /** For the program's log. */
  cause?: string;
}

answerParent(prepare);

async function prepare(
  task: PrepareTask,
  onProgress: (inflatedBytes: number) => void,
): Promise<PrepareAnswer> {
  try {
    await prepareLog(task, onProgress);
    return { problem: null };
  } catch (error) {
    if (error instanceof PrepareError) return { problem: error.problem, cause: String(error.cause ?? error) };
    throw error;
  }
}
