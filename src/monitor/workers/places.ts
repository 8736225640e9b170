export interface PlaceLimits {
  /** How many people's work runs at once. */
  atOnce: number;
  /** How many more may wait for each person. */
  maxWaitingEach: number;
  maxWaiting: number;
}

export class NoPlaceError extends Error {
  /** Whether they all wait for this person. */
  readonly isOwn: boolean;

  constructor(isOwn: boolean) {
    super(isOwn ? "too many of this person wait already" : "too many wait already");
    this.name = "NoPlaceError";
    this.isOwn = isOwn;
  }
}

export type Places = ReturnType<typeof createPlaces>;

/** Limits work to one task per person at a time: who asks for more waits behind their own tasks. */
export function createPlaces({ atOnce, maxWaitingEach, maxWaiting }: PlaceLimits) {
  const working = new Set<number>();
  /** Waiting work by person, first the person whose turn is longest ago. */
  const queues = new Map<number, Set<() => void>>();

  return {
    /** Waits for a place. @returns how to give it up. @throws NoPlaceError, or the signal's reason. */
    async take(person: number, signal: AbortSignal): Promise<() => void> {
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
