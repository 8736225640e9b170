import type { ChannelFailure } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";

/** Nobody can ask to be left alone for longer. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;
const SECONDS = /^\d{1,9}$/;
/** The request itself is what they do not take. */
const OF_MESSAGE = [400, 413, 422];

/** Names are in lower case. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** An answer over HTTP. */
export interface HttpAnswer {
  status: number;
  headers: HttpHeaders;
  /** `404 Not Found: no such hook` */
  line: string;
}

/** Names an answer that is no success. @param now ms UTC, for a `Retry-After` without a `Date`. */
export function answerFailure({ status, headers, line }: HttpAnswer, now: number): SendFailure {
  if (status >= 300 && status < 400) return failed("refused", `${line}; redirects are not followed`);
  const retryAfterMs = readRetryAfter(headers, now);
  return failed(nameOf(status, retryAfterMs !== null), line, {
    retryAfterMs,
    isOfMessage: OF_MESSAGE.includes(status),
  });
}

function nameOf(status: number, saysWhen: boolean): ChannelFailure {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404 || status === 410) return "recipient";
  if (status === 407) return "proxy";
  if (status === 408) return "response_timeout";
  if (status === 429 || (status === 503 && saysWhen)) return "rate_limited";
  return status >= 500 ? "server_error" : "refused";
}

/** Reads `Retry-After`: seconds, or a time by the clock of the other side. @returns ms, or null. */
function readRetryAfter(headers: HttpHeaders, now: number): number | null {
  const value = headers["retry-after"];
  if (typeof value !== "string") return null;
  const sentAt = Date.parse(String(headers.date));
  const waitMs = SECONDS.test(value)
    ? Number(value) * 1_000
    : Date.parse(value) - (Number.isNaN(sentAt) ? now : sentAt);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}
