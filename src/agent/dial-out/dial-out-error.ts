import type { IncomingHttpHeaders } from "node:http";

const SECONDS = /^\d{1,6}$/;

export type DialOutFailure =
  | "not_reached"
  | "proxy_failed"
  | "proxy_unusable"
  | "other_key"
  | "not_vouched_for"
  | "unknown_here"
  | "other_machine"
  | "refused"
  | "not_understood"
  | "no_answer";

/** Its message is English, for the log; `failure` chooses the text for people. */
export class DialOutError extends Error {
  readonly failure: DialOutFailure;
  /** What the system, the proxy or the monitor said. */
  readonly detail: string;
  /** The monitor's `Retry-After`; null without one. */
  readonly retryAfterMs: number | null;

  constructor(failure: DialOutFailure, message: string, detail: string, retryAfterMs: number | null = null) {
    super(`${message}: ${detail}`);
    this.name = "DialOutError";
    this.failure = failure;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

/** `Retry-After` in ms; null without one in seconds. */
export function retryAfterMs(headers: IncomingHttpHeaders): number | null {
  const retryAfter = headers["retry-after"] ?? "";
  return SECONDS.test(retryAfter) ? Number(retryAfter) * 1000 : null;
}

/** Runs `work` with a signal that ends it after a time limit. @throws DialOutError at the limit, or what `work` throws. */
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
