import { whileWanted } from "./while-wanted.ts";

interface Shared<Result> {
  result: Promise<Result>;
  ending: AbortController;
  waiting: number;
}

/**
 * Shares work of one key among all who wait for it, and aborts it when nobody waits any more.
 * @throws what the work throws, or the signal's reason.
 */
export function createShareWork<Result>() {
  const underWay = new Map<string, Shared<Result>>();

  return async (
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    signal.throwIfAborted();
    const shared = underWay.get(key) ?? begin(key, work);
    shared.waiting++;
    try {
      return await whileWanted(shared.result, signal);
    } finally {
      shared.waiting--;
      if (shared.waiting === 0) end(key, shared);
    }
  };

  function begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const ending = new AbortController();
    const shared = { result: work(ending.signal), ending, waiting: 0 };
    shared.result.catch(() => undefined); // those who wait get it
    underWay.set(key, shared);
    return shared;
  }

  function end(key: string, shared: Shared<Result>): void {
    if (underWay.get(key) === shared) underWay.delete(key);
    shared.ending.abort(new Error("nobody waits for it any more"));
  }
}
