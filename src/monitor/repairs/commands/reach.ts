import { setTimeout as delay } from "node:timers/promises";
import type { FailureCode, PosFailure } from "../../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../pos-client/client.ts";
import { untilAborted } from "./until-aborted.ts";

/** A POS server that does not answer for this long is not told any more: whoever asked no longer expects it. */
const REACH_WITHIN_MS = 2 * 60_000;
export const REACH_AGAIN_MS = 3_000;
/** They do not pass by themselves. */
const LASTING: readonly FailureCode[] = [
  "certificate_changed",
  "unauthorized",
  "unsupported_protocol",
  "wrong_pos_server",
  "wrong_crm_id",
];

export interface Reach {
  poll: () => Promise<StatusOutcome>;
  /** Since when it is tried, ms UTC. */
  since: number;
  onFailure: (failure: PosFailure) => Promise<void>;
  clock: () => number;
  againMs?: number | undefined;
}

/** Gets a fresh report before a command is sent, so that none goes to a POS server that it is not meant for. */
export async function reachPosServer(
  { poll, since, onFailure, clock, againMs = REACH_AGAIN_MS }: Reach,
  signal: AbortSignal,
): Promise<StatusOutcome> {
  for (;;) {
    const outcome = await untilAborted(signal, poll());
    if (outcome.ok || LASTING.includes(outcome.failure.code) || clock() - since >= REACH_WITHIN_MS) {
      return outcome;
    }
    await onFailure(outcome.failure);
    await delay(againMs, undefined, { signal });
  }
}
