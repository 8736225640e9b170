import { HOUR_MS } from "../../protocol/time-units.ts";
import { shortLine } from "../../protocol/visible-text.ts";

/** Longer times are shortened. */
export const MAX_RETRY_AFTER_MS = HOUR_MS;
const SECONDS = /^\d{1,9}$/;

/** `credentials`: login or token; `recipient`: unknown, or refuses; `wait`: too much sent; `temporary`: network, or a fault. */
export const FAILURE_CLASSES = ["credentials", "recipient", "wait", "temporary"] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export interface OutgoingFailure {
  ok: false;
  failure: FailureClass;
  /** The text of the other side or the system: one short line without secrets. */
  detail: string;
  /** How long the other side asks to wait; null = it did not ask. */
  retryAfterMs: number | null;
}

/** @param detail becomes one short line. */
export function failed(
  failure: FailureClass,
  detail: string,
  retryAfterMs: number | null = null,
): OutgoingFailure {
  return { ok: false, failure, detail: shortLine(detail), retryAfterMs };
}

/** @param status of HTTP that is no success. */
export function classOfStatus(status: number, hasRetryAfter: boolean): FailureClass {
  if (status === 401 || status === 403 || status === 407) return "credentials";
  if (status === 429 || (status === 503 && hasRetryAfter)) return "wait";
  return status >= 500 || status === 408 ? "temporary" : "recipient";
}

/** Such as `ECONNREFUSED: …`; with several addresses the error of the first. */
export function networkText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  // OpenSSL's message has line numbers of its source, its reason has not.
  const words = "reason" in own && typeof own.reason === "string" ? own.reason : own.message;
  const code = codeOf(own);
  return words.includes(code) ? words : `${code}: ${words}`;
}

/** The code of the system, which nodemailer replaces by its own. */
function codeOf(error: Error): string {
  if ("originalCode" in error && typeof error.originalCode === "string") return error.originalCode;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Seconds, or a time by the `Date` of the other side, else by `now` (ms UTC). @returns ms, an hour at most, or null. */
export function readRetryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): number | null {
  const value = headers["retry-after"];
  if (typeof value !== "string" || value === "") return null;
  const sentAt = Date.parse(String(headers.date));
  const waitMs = SECONDS.test(value)
    ? Number(value) * 1_000
    : Date.parse(value) - (Number.isNaN(sentAt) ? now : sentAt);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}
