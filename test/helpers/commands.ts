import type { Test } from "tap";
import { CallError } from "../../src/monitor/pos-client/calls/call-error.ts";
import type { CallFailure } from "../../src/monitor/pos-client/calls/failure.ts";
import { COMMAND_LIMITS, type CommandLimits } from "../../src/monitor/pos-client/calls/limits.ts";
import {
  type CallOutcome,
  createPosClient,
  type PosClient,
  type PosClientOptions,
} from "../../src/monitor/pos-client/client.ts";
import { PATIENT_LIMITS } from "./poll-outcomes.ts";
import { TOKEN } from "./pos-server.ts";

const PATIENCE = { callTimeoutMs: 60_000, openTimeoutMs: 60_000, stallTimeoutMs: 60_000 };
const LIMITS = Object.entries(COMMAND_LIMITS).map(([name, limits]) => [name, { ...limits, ...PATIENCE }]);
/** More than anything takes on a busy machine. */
export const PATIENT_COMMAND_LIMITS: CommandLimits = {
  ...Object.fromEntries(LIMITS),
  command: { callTimeoutMs: 60_000, maxBodyBytes: 64 * 1024 },
};

/** A client for calls that are no polls, closed when the test ends. */
export function commandClient(t: Test, options: PosClientOptions = {}): PosClient {
  const client = createPosClient({
    ...options,
    limits: { ...PATIENT_LIMITS, ...options.limits },
    commandLimits: { ...PATIENT_COMMAND_LIMITS, ...options.commandLimits },
  });
  t.teardown(() => client.close());
  return client;
}

export function failureOfCall(t: Test, outcome: CallOutcome<unknown>): CallFailure {
  if (outcome.ok) throw new Error("the call succeeded");
  t.notMatch(JSON.stringify(outcome.failure), new RegExp(TOKEN), "the failure holds no token");
  return outcome.failure;
}

/** Reads a stream to its error. @returns the failure that it names. */
export async function failureOfStream(stream: AsyncIterable<unknown>): Promise<CallFailure> {
  try {
    for await (const _chunk of stream);
  } catch (error) {
    if (error instanceof CallError) return error.failure;
    throw error;
  }
  throw new Error("the stream ended without an error");
}
