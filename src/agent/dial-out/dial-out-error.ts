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
