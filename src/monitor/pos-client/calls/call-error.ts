import { type CallFailure, type FailureCode, failureOf, withoutSecret } from "./failure.ts";
import type { PosServer } from "./pos-server.ts";

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
