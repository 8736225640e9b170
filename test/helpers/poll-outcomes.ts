import type { Test } from "tap";
import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import {
  createPosClient,
  type PosClientOptions,
  type StatusOutcome,
} from "../../src/monitor/pos-client/client.ts";
import { TOKEN } from "./pos-server.ts";

/** More than anything takes on a busy machine: short is only the limit that a test is about. */
export const PATIENT_LIMITS = { connectTimeoutMs: 60_000, headersTimeoutMs: 60_000, callTimeoutMs: 60_000 };

/** Polls once with a client of its own, whose limits are patient unless told. */
export async function poll(t: Test, posServer: PosServer, options: PosClientOptions = {}) {
  const client = createPosClient({ ...options, limits: { ...PATIENT_LIMITS, ...options.limits } });
  t.teardown(() => client.close());
  return client.fetchStatus(posServer);
}

/** Asserts that a poll failed by this name, with a fitting detail and without the token. */
export function isFailure(t: Test, outcome: StatusOutcome, code: FailureCode, detail: RegExp): void {
  if (outcome.ok) return void t.fail(`succeeded instead of ${code}`);
  t.equal(outcome.failure.code, code, outcome.failure.detail);
  t.match(outcome.failure.detail, detail);
  t.notMatch(outcome.failure.detail, new RegExp(TOKEN), "the detail holds no token");
}
