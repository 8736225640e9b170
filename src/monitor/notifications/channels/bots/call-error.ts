import type { ChannelFailure } from "../channel.ts";

/** A call that failed, by the name of its failure; the message says what the other side or the system said. */
export class BotCallError extends Error {
  readonly failure: ChannelFailure;
  /** null = the other side did not say how long it wants to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(failure: ChannelFailure, detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.name = "BotCallError";
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}
