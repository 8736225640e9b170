/**
 * Makes a reading that callers share: one runs at a time, and a result younger than `maxAgeMs` is given again.
 * A failure is given to those who wait for it, and the next caller tries anew.
 */
export function shareReading<Result>(read: () => Promise<Result>, maxAgeMs: number): () => Promise<Result> {
  let running: Promise<Result> | null = null;
  let last: { result: Result; readAt: number } | null = null;

  async function readAnew(): Promise<Result> {
    try {
      const result = await read();
      last = { result, readAt: performance.now() };
      return result;
    } finally {
      running = null;
    }
  }

  return async () => {
    if (running) return running;
    if (last && performance.now() - last.readAt < maxAgeMs) return last.result;
    running = readAnew();
    return running;
  };
}
