import type { PoolAnswer } from "../../../src/monitor/excel/pool-worker.ts";

/** A task for a pool that never gives the thread back; it adds one to the shared counter when it begins. */
export async function run(input: { begun: SharedArrayBuffer }): Promise<PoolAnswer> {
  Atomics.add(new Int32Array(input.begun), 0, 1);
  for (;;);
}
