import { Worker } from "node:worker_threads";

/** What a worker tells its parent: how far it is, its result, or what was thrown with its own properties, which no copy has. */
export type WorkerMessage = { progress: unknown } | { result: unknown } | { error: Error; facts: object };

/** Whether the program was started as a worker: one that is in one file is its own. */
export const WORKER_ARGUMENT = "work-for-parent";

/** However busy the worker is, it ends when its parent is gone; Windows sees to that by itself. */
const WATCH_PARENT = `const { workerData: parent } = require("node:worker_threads");
setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 1_000);`;

/**
 * What a worker of `startWorker` runs: does each task that its parent sends, and answers with the result or with what was thrown.
 * @param work may tell meanwhile how far it is.
 */
export function answerParent<Task>(work: (task: Task, tell: (progress: unknown) => void) => unknown): void {
  // Ctrl-C goes to every process of the terminal; this one is ended by its parent.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  new Worker(WATCH_PARENT, { eval: true, workerData: process.ppid }).unref();
  const send = (message: WorkerMessage) => process.send?.(message);
  process.on("message", async (task: Task) => {
    try {
      send({ result: await work(task, (progress) => send({ progress })) });
    } catch (thrown) {
      const error = thrown as Error;
      send({ error, facts: { ...error, name: error.name } });
    }
  });
}
