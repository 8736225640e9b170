import { appendFileSync } from "node:fs";
import { answerParent } from "../../src/protocol/answer-parent.ts";

/** What a worker of this file does: tells its task and where it ran, fails, or goes on for ever. */
export type PoolTask = { echo: unknown } | { failure: string } | { begun: string };

/** The answer to an echo. */
export interface Echo {
  echo: unknown;
  pid: number;
  bytes: Uint8Array;
}

answerParent((task: PoolTask): Echo => {
  if ("echo" in task) return { ...task, pid: process.pid, bytes: new Uint8Array(1_000_000).fill(7) };
  if ("failure" in task) throw new Error(task.failure);
  appendFileSync(task.begun, ".");
  for (;;);
});
