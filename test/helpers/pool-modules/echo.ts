import { threadId } from "node:worker_threads";
import type { PoolAnswer } from "../../../src/monitor/excel/pool-worker.ts";

/** A task for a pool: tells its input and where it ran. */
export async function run(input: unknown): Promise<PoolAnswer> {
  const bytes = new Uint8Array(1_000_000).fill(7);
  return { message: { input, threadId, bytes }, transfer: [bytes.buffer] };
}
