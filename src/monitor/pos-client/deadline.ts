import { CallError } from "./calls/call-error.ts";

/** A signal that ends a call as `response_timeout`, unless it is cleared before. */
export interface Deadline {
  signal: AbortSignal;
  clear(): void;
}

export function startDeadline(timeoutMs: number): Deadline {
  const ending = new AbortController();
  const timer = setTimeout(() => {
    const detail = `answer not complete within ${timeoutMs} ms`;
    ending.abort(new CallError("response_timeout", detail, { isAnswerLost: true }));
  }, timeoutMs);
  return { signal: ending.signal, clear: () => clearTimeout(timer) };
}
