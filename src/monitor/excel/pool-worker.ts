import { parentPort } from "node:worker_threads";

export interface PoolTask {
  /** The address of a `PoolModule`. */
  module: string;
  input: unknown;
}

/** What a module for the pool exports. */
export interface PoolModule {
  run(input: unknown): Promise<PoolAnswer>;
}

export interface PoolAnswer {
  message: unknown;
  /** What goes to the main thread as it is, not as a copy. */
  transfer: ArrayBuffer[];
}

// What is thrown here ends the worker, and the pool hears of it.
parentPort?.on("message", async ({ module, input }: PoolTask) => {
  const { run }: PoolModule = await import(module);
  const { message, transfer } = await run(input);
  parentPort?.postMessage(message, transfer);
});
