export interface SharedTerms {
  /** A result younger than this is given again, ms. */
  maxAgeMs: number;
  /** So is a failure; by default the next caller tries anew. */
  failureMaxAgeMs?: number;
}

/** Makes a reading that callers share: one runs at a time, and what it ended with is given again for a while. */
export function shareReading<Result>(
  read: () => Promise<Result>,
  { maxAgeMs, failureMaxAgeMs = 0 }: SharedTerms,
): () => Promise<Result> {
  let reading: Promise<Result> | null = null;
  /** null = it still runs. */
  let freshUntil: number | null = null;

  function readAnew(): Promise<Result> {
    const stayFresh = (ageMs: number) => {
      freshUntil = performance.now() + ageMs;
    };
    freshUntil = null;
    const begun = read();
    begun.then(
      () => stayFresh(maxAgeMs),
      () => stayFresh(failureMaxAgeMs),
    );
    return begun;
  }

  return async () => {
    if (reading === null || (freshUntil !== null && performance.now() >= freshUntil)) reading = readAnew();
    return reading;
  };
}
