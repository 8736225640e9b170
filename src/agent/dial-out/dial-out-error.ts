/** Why the agent does not reach the monitor, in one line. */
export class DialOutError extends Error {
  /** When it may try again at the earliest, as the monitor says; null = it says nothing. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = "DialOutError";
    this.retryAfterMs = retryAfterMs;
  }
}
