import { Worker } from "node:worker_threads";

/** A message to the parent; `facts`: the error's own properties, which structured cloning drops. */
export type WorkerMessage = { progress: unknown } | { result: unknown } | { error: Error; facts: object };

/** Makes a program a worker; the bundled agent is its own worker. */
export const WORKER_ARGUMENT = "work-for-parent";

/** Ends even a busy worker when its parent is gone; on Windows the system does that. */
const WATCH_PARENT = `const { workerData: parent } = require("node:worker_threads");
setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 1_000);`;

/** What a worker of `runInWorker` calls: does the task of its parent and answers with its result or error. */
export function answerParent<Task>(work: (task: Task, report: (progress: unknown) => void) => unknown): void {
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
