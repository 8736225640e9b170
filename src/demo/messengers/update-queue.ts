/** What happened in a simulated messenger, with its number. */
interface QueuedUpdate<Update> {
  number: number;
  update: Update;
}

/** What a bot has not heard of yet, which is given to one who asks at a time. */
export interface UpdateQueue<Update> {
  push(update: Update): void;
  /**
   * Gives what has happened, and forgets what came before it. It waits so long for something, unless whoever asked goes.
   * When somebody else asks meanwhile, it has waited in vain, or throws what `oust` makes.
   */
  take(from: number, waitMs: number, signal: AbortSignal): Promise<QueuedUpdate<Update>[]>;
  /** What has happened last, even if it was acknowledged; null = nothing has. */
  last(): QueuedUpdate<Update> | null;
  /** The number of what happens next. */
  next(): number;
  /** How many were not acknowledged. */
  waiting(): number;
  /** Whether somebody waits for one. */
  isAsked(): boolean;
  close(): void;
}

/** @param first the number of the first. @param oust makes what whoever waits is told when somebody else asks. */
export function createUpdateQueue<Update>(first: number, oust?: () => Error): UpdateQueue<Update> {
  let updates: QueuedUpdate<Update>[] = [];
  let last: QueuedUpdate<Update> | null = null;
  let next = first;
  let asking: PromiseWithResolvers<void> | null = null;

  return {
    push(update) {
      last = { number: next, update };
      updates.push(last);
      next += 1;
      asking?.resolve();
    },
    async take(from, waitMs, signal) {
      if (oust) asking?.reject(oust());
      else asking?.resolve();
      updates = updates.filter(({ number }) => number >= from);
      if (updates.length === 0) await untilPushed(waitMs, signal);
      return signal.aborted ? [] : [...updates];
    },
    last: () => last,
    next: () => next,
    waiting: () => updates.length,
    isAsked: () => asking !== null,
    close: () => asking?.resolve(),
  };

  async function untilPushed(waitMs: number, signal: AbortSignal): Promise<void> {
    const own = Promise.withResolvers<void>();
    const end = () => own.resolve();
    asking = own;
    const timer = setTimeout(end, waitMs);
    signal.addEventListener("abort", end);
    try {
      await own.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (asking === own) asking = null;
    }
  }
}
