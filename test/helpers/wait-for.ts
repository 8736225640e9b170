import { setTimeout as delay } from "node:timers/promises";

/** What comes soon is noticed at once; to ask often for what takes long would only make it take longer. */
const FIRST_PAUSE_MS = 5;

/** Waits until a condition holds, for two minutes unless told: patience for a busy machine. `pauseMs`: the longest between two looks. */
export async function waitFor(
  predicate: () => boolean | Promise<boolean>,
  { timeoutMs = 120_000, pauseMs: longestMs = 50 } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; !(await predicate()); pauseMs *= 2) {
    if (performance.now() > deadline)
      throw new Error(`condition not met within ${timeoutMs} ms: ${predicate}`);
    await delay(Math.min(pauseMs, longestMs));
  }
}
