import type { ProblemLog } from "../machine/problem-log.ts";
import { shareReading } from "./shared-reading.ts";

/** The monitor waits 5 s for an answer; what takes longer is left out, so that the rest arrives. */
export const DEADLINE_MS = 3_500;

/**
 * Makes one part of the status: null when it cannot be read in time, with the reason in the log. A reading that is still
 * running is not started again.
 */
export function createSource<Result>(
  subject: string,
  read: () => Promise<Result>,
  maxAgeMs: number,
  problems: ProblemLog,
): () => Promise<Result | null> {
  const readShared = shareReading(read, maxAgeMs);
  return async () => {
    try {
      const result = await withDeadline(readShared());
      problems.set(subject, null);
      return result;
    } catch (error) {
      problems.set(subject, (error as Error).message);
      return null;
    }
  };
}

async function withDeadline<Result>(reading: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([reading, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
