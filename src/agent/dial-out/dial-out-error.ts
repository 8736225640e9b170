import type { IncomingHttpHeaders } from "node:http";

const SECONDS = /^\d{1,6}$/;

/** What keeps an agent from the monitor. */
export type DialOutFailure =
  | "not_reached"
  | "proxy_failed"
  | "proxy_unusable"
  | "other_key"
  | "not_vouched_for"
  | "unknown_here"
  | "copied"
  | "refused"
  | "not_understood"
  | "no_answer";

/** Why the agent does not reach the monitor: in one line of English for its log, and by name for people. */
export class DialOutError extends Error {
  readonly failure: DialOutFailure;
  /** What the system, the proxy or the monitor said of it. */
  readonly detail: string;
  /** When it may try again at the earliest, as the monitor says; null = it says nothing. */
  readonly retryAfterMs: number | null;

  constructor(failure: DialOutFailure, message: string, detail: string, retryAfterMs: number | null = null) {
    super(`${message}: ${detail}`);
    this.name = "DialOutError";
    this.failure = failure;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How long the monitor asks to be left alone, ms; null = it says nothing. */
export function retryAfterMs(headers: IncomingHttpHeaders): number | null {
  const retryAfter = headers["retry-after"] ?? "";
  return SECONDS.test(retryAfter) ? Number(retryAfter) * 1000 : null;
}

/**
 * Does what asks the monitor, with a signal that ends it when it takes too long.
 * @throws DialOutError then, or what `work` throws.
 */
export async function withinTime<Result>(
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (timeout.aborted && !signal.aborted)
      throw new DialOutError("no_answer", "the monitor does not answer", `${limitMs / 1000} s`);
    throw error;
  }
}
