import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../../protocol/error-text.ts";
import type { ProblemLog } from "../machine/problem-log.ts";

/** The monitor waits 5 s for an answer; slower parts are left out. */
export const DEADLINE_MS = 3_500;

export interface SharedTerms {
  /** A younger result is reused. */
  maxAgeMs: number;
  /** A younger failure is reused; by default the next caller tries anew. */
  failureMaxAgeMs?: number;
}

export interface SourceTerms extends SharedTerms {
  /** While a reading is too slow, a younger last result is used instead. */
  standInMs?: number;
}

/** One part of the status: null when it cannot be read in time, with the reason in the log. */
export function createSource<Result>(
  subject: string,
  read: () => Promise<Result>,
  { standInMs = 0, ...shared }: SourceTerms,
  problems: ProblemLog,
): () => Promise<Result | null> {
  let last: { result: Result; readAt: number } | null = null;
  const readShared = shareReading(async () => {
    const result = await read();
    last = { result, readAt: performance.now() };
    return result;
  }, shared);
  return async () => {
    try {
      const result = await withDeadline(readShared());
      problems.set(subject, null);
      return result;
    } catch (error) {
      problems.set(subject, errorText(error));
      const isTimeout = error instanceof DeadlineError;
      return isTimeout && last && performance.now() - last.readAt < standInMs ? last.result : null;
    }
  };
}

class DeadlineError extends Error {}

async function withDeadline<Result>(reading: Promise<Result>): Promise<Result> {
  const deadline = delay(DEADLINE_MS, undefined, { ref: false }).then(() => {
    throw new DeadlineError(`not finished within ${DEADLINE_MS} ms`);
  });
  return await Promise.race([reading, deadline]);
}

/** One reading runs at a time, and its outcome is reused for a while. */
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
