import type { Readable } from "node:stream";
import { errors, request } from "undici";
import { isPublicAddress } from "./allowed-address.ts";
import { failed, networkText, type OutgoingFailure, readRetryAfter } from "./failure.ts";
import type { Hide } from "./hide-secrets.ts";
import { openWay, type Way } from "./open-way.ts";

export interface OutgoingCall extends Way {
  method: "GET" | "POST" | "PUT";
  /** `http:` or `https:` */
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
  hide: Hide;
}

/** An answer with any status. */
export interface OutgoingAnswer {
  ok: true;
  status: number;
  /** `404 Not Found` */
  statusLine: string;
  /** Whether it came from an address of the internet; false with a proxy. */
  isPublic: boolean;
  retryAfterMs: number | null;
  /** As much of the body as came in time and within the limit. */
  text: string;
  /** Whether `text` is the whole body. */
  isWhole: boolean;
}

export interface CallLimits {
  connectTimeoutMs: number;
  /** Of the whole call with its body. */
  callTimeoutMs: number;
  maxAnswerBytes: number;
  /** Of the body alone, where it is not needed. */
  bodyTimeoutMs?: number;
}

export const CALL_LIMITS: CallLimits = {
  connectTimeoutMs: 5_000,
  callTimeoutMs: 20_000,
  maxAnswerBytes: 256 * 1024,
};

/** Redirects are not followed. Rejects only when the signal ends it. */
export async function call(
  { method, url, headers = {}, body = "", hide, ...way }: OutgoingCall,
  signal: AbortSignal,
  limits: Partial<CallLimits> = {},
): Promise<OutgoingAnswer | OutgoingFailure> {
  signal.throwIfAborted();
  const { connectTimeoutMs, callTimeoutMs, maxAnswerBytes, bodyTimeoutMs } = { ...CALL_LIMITS, ...limits };
  const closing = new AbortController();
  const timer = setTimeout(() => closing.abort(), callTimeoutMs);
  const ending = AbortSignal.any([signal, closing.signal]);
  try {
    const to = new URL(url);
    let isPublic = false;
    const note = (address: string) => {
      isPublic = isPublicAddress(address);
    };
    const dispatcher = openWay(to, way, { connectTimeoutMs, signal: ending, onConnect: note });
    const content = method === "GET" ? {} : { body };
    const answer = await request(to, { dispatcher, method, headers, ...content, signal: ending });
    const read = await readText(answer.body, maxAnswerBytes, bodyTimeoutMs);
    signal.throwIfAborted();
    const { statusCode: status, statusText } = answer;
    return {
      ok: true,
      status,
      statusLine: `${status} ${statusText}`.trim(),
      isPublic,
      retryAfterMs: readRetryAfter(answer.headers, Date.now()),
      ...read,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (closing.signal.aborted) return failed("temporary", `no answer within ${callTimeoutMs} ms`);
    // Only proxies have a timeout for headers.
    const isProxyLate = error instanceof errors.HeadersTimeoutError;
    return failed("temporary", isProxyLate ? "the proxy does not answer" : hide(networkText(error)));
  } finally {
    clearTimeout(timer);
    closing.abort();
  }
}

async function readText(body: Readable, maxBytes: number, timeoutMs?: number) {
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => body.destroy(), timeoutMs);
  const chunks: Buffer[] = [];
  let size = 0;
  let isWhole = true;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      isWhole = size <= maxBytes;
      if (!isWhole) break;
    }
  } catch {
    isWhole = false; // it broke off, or took too long; the status is known
  } finally {
    clearTimeout(timer);
  }
  return { text: Buffer.concat(chunks).toString("utf8", 0, Math.min(size, maxBytes)), isWhole };
}
