import type { Pace } from "../../requests/pace.ts";
import { ArchiveError, type LogFailure, mayPass } from "../outcome/failure.ts";
import { pause } from "./timing.ts";

export interface RetryOptions {
  /** Before each further attempt; so many there are. */
  pausesMs: readonly number[];
  signal: AbortSignal;
  pace: Pace;
  /** Called with each failure before anything follows from it. */
  onFailure?: (failure: LogFailure) => Promise<void>;
}

/** Does something, and again after each pause while its failure may pass. @throws ArchiveError with the last failure. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pausesMs, signal, pace, onFailure } = options;
  for (let failures = 0; ; failures++) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ArchiveError)) throw error;
      await onFailure?.(error.failure);
      const pauseMs = pausesMs[failures];
      if (pauseMs === undefined || !mayPass(error.failure)) throw error;
      await pace.waiting(pause(pauseMs, signal));
    }
  }
}
