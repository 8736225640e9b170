import { setTimeout as delay } from "node:timers/promises";
import { type FailureCode, isAgentAwaited, type PosFailure } from "../../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../pos-client/client.ts";
import { isExpired } from "../../requests/waiting.ts";
import { untilAborted } from "./until-aborted.ts";

/** A POS server that does not answer for this long is not told any more: whoever asked no longer expects it. */
const REACH_WITHIN_MS = 2 * 60_000;
const REACH_AGAIN_MS = 3_000;
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
  /** Until when the agent may be told, ms UTC; null = the POS server is called by its address. */
  expiresAt: number | null;
  onFailure: (failure: PosFailure) => Promise<void>;
  clock: () => number;
  againMs?: number | undefined;
}

/**
 * Gets a fresh report before a command is sent, so that none goes to a POS server that it is not meant for. An agent that
 * is away is not waited for here.
 */
export async function reachPosServer(
  { poll, since, expiresAt, onFailure, clock, againMs = REACH_AGAIN_MS }: Reach,
  signal: AbortSignal,
): Promise<StatusOutcome> {
  for (;;) {
    const outcome = await untilAborted(signal, poll());
    if (outcome.ok || LASTING.includes(outcome.failure.code)) return outcome;
    if (isAgentAway(outcome.failure, expiresAt) || isOver()) return outcome;
    await onFailure(outcome.failure);
    await delay(againMs, undefined, { signal });
  }
  function isOver(): boolean {
    return expiresAt === null ? clock() - since >= REACH_WITHIN_MS : isExpired(expiresAt, clock());
  }
}

/** Whether a command can only wait until the agent dials in, or is known to be the right one. */
export function isAgentAway(failure: { code: string }, expiresAt: number | null): boolean {
  return expiresAt !== null && isAgentAwaited(failure);
}
