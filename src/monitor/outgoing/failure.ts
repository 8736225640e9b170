import { shortLine } from "../pos-client/calls/failure.ts";

/**
 * Who can mend it when something cannot be handed over: `credentials`: login or token are not taken; `recipient`: whom it is for takes
 * nothing, or not this; `wait`: it was too much; `temporary`: there is no way, or the other side is broken.
 */
export const FAILURE_CLASSES = ["credentials", "recipient", "wait", "temporary"] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export interface OutgoingFailure {
  ok: false;
  failure: FailureClass;
  /** One short line, without secrets: what the other side or the system said. */
  detail: string;
  /** How long the other side wants to be left alone; null = it did not say. */
  retryAfterMs: number | null;
}

/** Makes a failure whose detail is one short line, whatever the other side put into it. */
export function failed(
  failure: FailureClass,
  detail: string,
  retryAfterMs: number | null = null,
): OutgoingFailure {
  return { ok: false, failure, detail: shortLine(detail), retryAfterMs };
}

/** The class of an answer over HTTP that is no success. @param saysWhen whether it has a `Retry-After`. */
export function classOfStatus(status: number, saysWhen: boolean): FailureClass {
  if (status === 401 || status === 403 || status === 407) return "credentials";
  if (status === 429 || (status === 503 && saysWhen)) return "wait";
  return status >= 500 || status === 408 ? "temporary" : "recipient";
}

/** What the system says of an error of the network: `ECONNREFUSED: …`; of several addresses of one name, of the first. */
export function networkText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  // OpenSSL's reason says as much as its message, which has line numbers of its source in it.
  const words = "reason" in own && typeof own.reason === "string" ? own.reason : own.message;
  const code = codeOf(own);
  return words.includes(code) ? words : `${code}: ${words}`;
}

/** Its code by the system; nodemailer puts its own in place of it. */
function codeOf(error: Error): string {
  if ("originalCode" in error && typeof error.originalCode === "string") return error.originalCode;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
