import { type CallFailure, type FailureCode, failureOf } from "./failure.ts";

/** Carries a named failure through undici to the caller. */
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

/** The connection ended before anything of an answer came: a kept one may just have been closed meanwhile. */
export class UnansweredError extends CallError {
  constructor(reason: string) {
    super("connect_refused", `closed before an answer: ${reason}`, { isAnswerLost: true });
    this.name = "UnansweredError";
  }
}
