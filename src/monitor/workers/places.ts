export interface PlaceLimits {
  /** How many work at once, each of another person. */
  atOnce: number;
  /** How many of one person may wait behind their first. */
  maxWaitingEach: number;
  /** How many of all may wait. */
  maxWaiting: number;
}

/** More wait already than may. */
export class NoPlaceError extends Error {
  /** Whether all of them are of the person who asks. */
  readonly isOwn: boolean;

  constructor(isOwn: boolean) {
    super(isOwn ? "too many of this person wait already" : "too many wait already");
    this.name = "NoPlaceError";
    this.isOwn = isOwn;
  }
}

/** Lets people work one thing each at a time. Whoever asks for more waits behind themselves, not before others. */
export interface Places {
  /**
   * Waits for a place.
   * @param person their id.
   * @throws NoPlaceError, or the reason of the signal.
   * @returns how to give the place up.
   */
  take(person: number, signal: AbortSignal): Promise<() => void>;
  /** How many wait for a place. */
  waiting(): number;
}

export function createPlaces({ atOnce, maxWaitingEach, maxWaiting }: PlaceLimits): Places {
  const working = new Set<number>();
  /** Whoever waits, by person: those whose turn was longest ago first. */
  const queues = new Map<number, Set<() => void>>();

  return {
    async take(person, signal) {
      signal.throwIfAborted();
      if (working.size < atOnce && !working.has(person)) working.add(person);
      else await wait(person, signal);
      return () => {
        working.delete(person);
        beginNext();
      };
    },
    waiting,
  };

  async function wait(person: number, signal: AbortSignal): Promise<void> {
    const queue = queues.get(person) ?? new Set();
    if (queue.size >= maxWaitingEach) throw new NoPlaceError(true);
    if (waiting() >= maxWaiting) throw new NoPlaceError(false);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      queue.delete(resolve);
      if (queue.size === 0) queues.delete(person);
      reject(signal.reason);
    };
    queues.set(person, queue.add(resolve));
    signal.addEventListener("abort", onAbort);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  function beginNext(): void {
    for (const [person, queue] of queues) {
      if (working.size >= atOnce) return;
      const [next] = queue;
      if (!next || working.has(person)) continue;
      working.add(person);
      queue.delete(next);
      queues.delete(person);
      if (queue.size > 0) queues.set(person, queue); // behind those of others
      next();
    }
  }

  function waiting(): number {
    return [...queues.values()].reduce((count, queue) => count + queue.size, 0);
  }
}
