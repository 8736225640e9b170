import type { Dispatcher } from "undici";
import { failed, type SendFailure } from "../failed.ts";
import { BotCallError } from "./call-error.ts";
import { type BotSecrets, hideSecrets } from "./hide-secrets.ts";
import { BOT_LIMITS, type BotLimits } from "./limits.ts";
import { nameCallError } from "./name-call-error.ts";
import { openWay } from "./open-way.ts";

/** As which bot to call, and by which way. */
export interface BotConnection<Server extends { baseUrl: string } = { baseUrl: string }> {
  server: Server;
  secrets: BotSecrets;
  /** What tests choose; the rest is of `BOT_LIMITS`. */
  limits?: Partial<BotLimits> | undefined;
}

/** By what one call is made. */
export interface Way {
  dispatcher: Dispatcher;
  /** Ends the call: when it is stopped, and when it takes too long. */
  signal: AbortSignal;
  maxAnswerBytes: number;
}

/**
 * Makes one call to a Bot API over a connection of its own.
 * @param call throws errors of undici, or BotCallError for what it names itself.
 * @returns what the call came to, or why there was none, without secrets. It rejects when the signal ends it.
 */
export async function callBot<Result>(
  { server, secrets, limits }: BotConnection,
  signal: AbortSignal,
  call: (way: Way) => Promise<Result>,
): Promise<Result | SendFailure> {
  signal.throwIfAborted();
  const own = { ...BOT_LIMITS, ...limits };
  const closing = new AbortController();
  const overdue = new BotCallError("response_timeout", `no answer within ${own.callTimeoutMs} ms`);
  const timer = setTimeout(() => closing.abort(overdue), own.callTimeoutMs);
  try {
    const ending = AbortSignal.any([signal, closing.signal]);
    const dispatcher = openWay(server.baseUrl, secrets.proxy, own, ending);
    return await call({ dispatcher, signal: ending, maxAnswerBytes: own.maxAnswerBytes });
  } catch (error) {
    signal.throwIfAborted();
    const named = nameCallError(closing.signal.aborted ? overdue : error, secrets.proxy !== "");
    const { failure, message, retryAfterMs } = named;
    return failed(failure, hideSecrets(secrets)(message), { retryAfterMs });
  } finally {
    clearTimeout(timer);
    closing.abort();
  }
}
