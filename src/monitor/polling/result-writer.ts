import { setImmediate } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";

const MAX_BATCH_RESULTS = 100;
const MAX_BATCH_AGE_MS = 250;
/** Kept while the database cannot be written; the oldest above it are dropped. */
const MAX_WAITING_RESULTS = 20_000;

/**
 * Saves results of calls in batches of up to 100, or of 250 ms. `flush` saves all that wait; a failed batch waits for the next
 * attempt.
 * @param save writes one batch in one transaction.
 */
export function createResultWriter<Result>(
  save: (results: Result[]) => Promise<void>,
  onError: (error: unknown) => void,
) {
  let waiting: Result[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;

  function add(result: Result): void {
    waiting.push(result);
    if (waiting.length >= MAX_BATCH_RESULTS) void flush();
    else timer ??= setTimeout(flush, MAX_BATCH_AGE_MS);
  }

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    running ??= saveWaiting().finally(() => {
      running = null;
    });
    return running;
  }

  async function saveWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH_RESULTS);
      waiting = waiting.slice(batch.length);
      try {
        await save(batch);
        if (waiting.length > 0) await setImmediate(); // others have their turn, such as pages
      } catch (error) {
        onError(error);
        waiting = [...batch, ...waiting].slice(-MAX_WAITING_RESULTS);
        timer ??= setTimeout(flush, MAX_BATCH_AGE_MS * 4);
        return;
      }
    }
  }

  return { add, flush };
}

/** Knows since when poll results cannot be saved (monotonic ms), and logs each reason once. */
export function createSavingTrouble(log: FastifyBaseLogger, monotonicClock: () => number) {
  let since: number | null = null;
  let loggedReason: string | null = null;

  return {
    since: (): number | null => since,
    begin(error: unknown): void {
      since ??= monotonicClock();
      const reason = String(error);
      if (reason === loggedReason) return;
      loggedReason = reason;
      log.error({ err: error }, "Poll results could not be saved; trying again until they are");
    },
    end(): void {
      if (since !== null) log.info("Poll results are saved again");
      since = null;
      loggedReason = null;
    },
  };
}
