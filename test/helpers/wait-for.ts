import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 10;

/** Waits until a condition holds; rejects when it does not within the time, a minute unless told. */
export async function waitFor(
  predicate: () => boolean | Promise<boolean>,
  { timeoutMs = 60_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await predicate())) {
    if (performance.now() > deadline)
      throw new Error(`condition not met within ${timeoutMs} ms: ${predicate}`);
    await delay(POLL_MS);
  }
}
