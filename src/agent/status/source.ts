import { errorText } from "../../protocol/error-text.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { type SharedTerms, shareReading } from "./shared-reading.ts";

/** The monitor waits 5 s for an answer; what takes longer is left out, so that the rest arrives. */
export const DEADLINE_MS = 3_500;

export interface SourceTerms extends SharedTerms {
  /** While a reading takes longer than the monitor waits, the last result stands in for it if it is younger than this, ms. */
  standInMs?: number;
}

/**
 * Makes one part of the status: null when it cannot be read in time, with the reason in the log. A reading that is still
 * running is not started again.
 */
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
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`not finished within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([reading, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
