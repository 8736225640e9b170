import { CallError } from "./calls/call-error.ts";
import { type CallFailure, withoutSecret } from "./calls/failure.ts";
import type { PosServer } from "./calls/pos-server.ts";

/**
 * Makes an outcome of what a call ended with.
 * @throws the error itself when it says nothing about the POS server.
 */
export function failedOutcome(
  error: unknown,
  posServer: PosServer,
  receivedAt: number,
): { ok: false; failure: CallFailure; receivedAt: number } {
  if (!(error instanceof CallError)) throw error;
  return { ok: false, failure: withoutSecret(error.failure, posServer.token), receivedAt };
}
