import type { Test } from "tap";
import type { PosServer, StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { createPosClient, type PosClientOptions } from "../../src/monitor/pos-client/create-pos-client.ts";
import type { FailureCode } from "../../src/monitor/pos-client/failure.ts";
import { TOKEN } from "./pos-server.ts";

/** So that tests of timeouts are quick. */
export const SHORT_LIMITS = { connectTimeoutMs: 300, headersTimeoutMs: 200, callTimeoutMs: 500 };

/** Polls once with a client of its own. */
export async function poll(
  t: Test,
  posServer: PosServer,
  options: PosClientOptions = {},
): Promise<StatusOutcome> {
  const client = createPosClient({ limits: SHORT_LIMITS, ...options });
  t.teardown(() => client.close());
  return client.fetchStatus(posServer);
}

/** Asserts that a poll failed by this name, with a fitting detail and without the token. */
export function isFailure(t: Test, outcome: StatusOutcome, code: FailureCode, detail: RegExp): void {
  if (outcome.ok) {
    t.fail(`succeeded instead of ${code}`);
    return;
  }
  t.equal(outcome.failure.code, code, outcome.failure.detail);
  t.match(outcome.failure.detail, detail);
  t.notMatch(outcome.failure.detail, new RegExp(TOKEN), "the detail holds no token");
}
