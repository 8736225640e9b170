import type { PoolAnswer } from "../../../src/monitor/excel/pool-worker.ts";

/** A task for a pool that fails. */
export async function run(): Promise<PoolAnswer> {
  throw new Error("nothing came of it");
}
