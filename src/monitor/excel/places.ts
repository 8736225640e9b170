/** More wait already than may. */
export class NoPlaceError extends Error {
  constructor(maxWaiting: number) {
    super(`${maxWaiting} wait already`);
    this.name = "NoPlaceError";
  }
}

/** Lets so many work at once and so many wait for them, first come, first served. */
export interface Places {
  /** Waits for a place. @throws NoPlaceError, or the reason of the signal. @returns how to give the place up. */
  take(signal: AbortSignal): Promise<() => void>;
  /** How many wait for a place. */
  waiting(): number;
}

export function createPlaces(count: number, maxWaiting: number): Places {
  const waiting = new Set<() => void>();
  let free = count;

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free--;
      else await wait(signal);
      return give;
    },
    waiting: () => waiting.size,
  };

  async function wait(signal: AbortSignal): Promise<void> {
    if (waiting.size >= maxWaiting) throw new NoPlaceError(maxWaiting);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      waiting.delete(resolve);
      reject(signal.reason);
    };
    waiting.add(resolve);
    signal.addEventListener("abort", onAbort);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  function give(): void {
    const [next] = waiting;
    if (!next) {
      free++;
      return;
    }
    waiting.delete(next);
    next();
  }
}
