import { errors } from "undici";
import { type CallFailure, type FailureCode, failureOf, withoutSecret } from "./failure.ts";
import type { PosServer } from "./pos-server.ts";

const BROKEN_CONNECTION_CODES = new Set([
  "UND_ERR_SOCKET",
  // Another call over the same connection ended it.
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Carries a named failure through undici. */
export class CallError extends Error {
  readonly failure: CallFailure;

  constructor(code: FailureCode, detail: string, more: Omit<CallFailure, "code" | "detail"> = {}) {
    super(detail);
    this.name = "CallError";
    this.failure = { ...failureOf(code, detail), ...more };
  }
}

/** The client was closed while the call ran: nothing is known about the POS server. */
export class PosClientClosedError extends Error {
  constructor() {
    super("the POS client is closed");
    this.name = "PosClientClosedError";
  }
}

/** The connection ended before any answer: a kept one may just have been closed meanwhile. */
export class UnansweredError extends CallError {
  constructor(reason: string) {
    super("connect_refused", `closed before an answer: ${reason}`, { isAnswerLost: true });
    this.name = "UnansweredError";
  }
}

/** @throws the error itself when it says nothing about the POS server. */
export function failedOutcome(
  error: unknown,
  posServer: PosServer,
  receivedAt: number,
): { ok: false; failure: CallFailure; receivedAt: number } {
  if (!(error instanceof CallError)) throw error;
  return { ok: false, failure: withoutSecret(error.failure, posServer.token), receivedAt };
}

/** Names an error of connecting, including the monitor's own shortages (open files, ports). */
export function nameConnectError(error: Error): CallError {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return new CallError(codeOf(first) === "ETIMEDOUT" ? "connect_timeout" : "connect_refused", first.message);
}

/** Names an error of the TLS handshake, such as an unknown authority or no TLS on that port. */
export function nameTlsError(error: Error): CallError {
  const code = codeOf(error);
  return new CallError("tls", code ? `${code}: ${error.message}` : error.message);
}

/** @returns the error itself when it says nothing about the POS server: the client was closed, or has a defect. */
export function nameAnswerError(error: Error, hasAnswerBegun: boolean): Error {
  const code = codeOf(error) ?? "";
  if (code === "UND_ERR_HEADERS_OVERFLOW") return new CallError("too_large", "too many bytes of headers");
  if (error instanceof errors.HTTPParserError) return new CallError("invalid_json", error.message);
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") return nameTlsError(error);
  if (!BROKEN_CONNECTION_CODES.has(code)) return error;
  if (hasAnswerBegun)
    return new CallError("invalid_json", `answer broke off: ${error.message}`, { isAnswerLost: true });
  return new UnansweredError(error.message);
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
