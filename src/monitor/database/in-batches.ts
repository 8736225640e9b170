import { setTimeout as delay } from "node:timers/promises";

/** Between batches pages are answered and polls are saved. */
const PAUSE_MS = 20;

/**
 * Repeats a batch of work until it has nothing left to do.
 * @param work does at most `batchSize` and returns how much it did.
 * @returns how much was done in all.
 */
export async function inBatches(
  batchSize: number,
  work: (batchSize: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await work(batchSize);
    total += done;
    if (done < batchSize) return total;
    await delay(PAUSE_MS);
  }
}
