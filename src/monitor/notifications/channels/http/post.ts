import { Agent, errors, request } from "undici";
import { errorText } from "../../../../protocol/error-text.ts";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { lookupAllowed, requireCallable } from "../callable-host.ts";
import type { SendOutcome } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";
import { networkFailure } from "../network-failure.ts";
import { trustIn } from "../trust.ts";
import { answerFailure } from "./answer-failure.ts";
import { answerLine } from "./answer-line.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const SEND_TIMEOUT_MS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** What tests choose. */
export interface PostOptions {
  connectTimeoutMs?: number;
  /** All of it. */
  sendTimeoutMs?: number;
  /** PEM, instead of those of the system. */
  authorities?: string;
  /** ms UTC, for a `Retry-After` without a `Date`. */
  clock?: () => number;
}

/** What is sent where. */
export interface Post {
  url: URL;
  body: string | Buffer;
  headers: Record<string, string>;
  /** Takes secrets out of what others say. */
  hide: (text: string) => string;
}

/** Sends something by HTTP, to addresses that may be called; redirects are not followed. It rejects only when the signal ends it. */
export async function post(
  { url, body, headers, hide }: Post,
  {
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    sendTimeoutMs = SEND_TIMEOUT_MS,
    authorities = "",
    clock = Date.now,
  }: PostOptions,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const overdue = AbortSignal.timeout(sendTimeoutMs);
  let dispatcher: Agent | null = null;
  try {
    requireCallable(url.hostname);
    dispatcher = createDispatcher(url, connectTimeoutMs, authorities);
    const answer = await request(url, {
      ...{ dispatcher, method: "POST", body, headers },
      signal: AbortSignal.any([signal, overdue]),
    });
    const line = await answerLine(answer, hide);
    signal.throwIfAborted();
    const { statusCode: status } = answer;
    if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
    return answerFailure({ status, headers: answer.headers, line }, clock());
  } catch (error) {
    signal.throwIfAborted();
    if (overdue.aborted) return failed("response_timeout", `no answer within ${sendTimeoutMs} ms`);
    if (error instanceof Error) return callFailure(error, hide);
    return failed("server_error", hide(errorText(error)));
  } finally {
    await dispatcher?.destroy();
  }
}

function createDispatcher(url: URL, connectTimeoutMs: number, authorities: string): Agent {
  const trust = url.protocol === "https:" ? { secureContext: trustIn(authorities) } : {};
  return new Agent({
    connect: { lookup: lookupAllowed, timeout: connectTimeoutMs, ...trust },
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

/** Names an error of undici. @param hide for what it may say. */
function callFailure(error: Error, hide: (text: string) => string): SendFailure {
  const ofNetwork = networkFailure(error);
  if (ofNetwork) return ofNetwork;
  const message = hide(error.message);
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return failed("invalid_answer", message);
  }
  const isLate = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  return failed(isLate ? "response_timeout" : "server_error", message);
}
