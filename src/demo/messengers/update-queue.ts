interface QueuedUpdate<Update> {
  number: number;
  update: Update;
}

export type UpdateQueue<Update> = ReturnType<typeof createUpdateQueue<Update>>;

/** @param first the number of the first update. @param oust makes the error of a poll that another one replaces. */
export function createUpdateQueue<Update>(first: number, oust?: () => Error) {
  let updates: QueuedUpdate<Update>[] = [];
  let last: QueuedUpdate<Update> | null = null;
  let next = first;
  let asking: PromiseWithResolvers<void> | null = null;

  return {
    push(update: Update): void {
      last = { number: next, update };
      updates.push(last);
      next += 1;
      asking?.resolve();
    },
    /** Waits for an update from a number on if there is none, and drops those before it. A second poll ends the first. */
    async take(from: number, waitMs: number, signal: AbortSignal): Promise<QueuedUpdate<Update>[]> {
      if (oust) asking?.reject(oust());
      else asking?.resolve();
      updates = updates.filter(({ number }) => number >= from);
      if (updates.length === 0) await untilPushed(waitMs, signal);
      return signal.aborted ? [] : [...updates];
    },
    /** Even if it was acknowledged; null = there was none. */
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
