import { setTimeout as delay } from "node:timers/promises";
import { type FailureCode, isAgentAwaited } from "../../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../pos-client/client.ts";
import type { RequestTable } from "../../requests/claims.ts";
import { isExpired, noteTrouble } from "../../requests/waiting.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import type { RepairDependencies } from "./repair-dependencies.ts";

/** Not sent later than this: who asked no longer expects it. */
const REACH_WITHIN_MS = 2 * 60_000;
const REACH_AGAIN_MS = 3_000;
/** Failures that do not pass by themselves. */
const LASTING: readonly FailureCode[] = [
  "certificate_changed",
  "unauthorized",
  "unsupported_protocol",
  "wrong_pos_server",
  "wrong_crm_id",
];

/**
 * Gets a fresh report before a command is sent, so that the right POS server gets it; does not wait for an agent that is
 * away.
 * @param since when the command could first be sent, ms UTC.
 */
export async function reachPosServer(
  { db, pollNow, clock, pauseMs = REACH_AGAIN_MS }: RepairDependencies,
  table: RequestTable,
  { id, posServerId, expiresAt }: { id: number; posServerId: number; expiresAt: number | null },
  since: number,
  signal: AbortSignal,
): Promise<StatusOutcome> {
  for (;;) {
    const outcome = await whileWanted(pollNow(posServerId), signal);
    if (outcome.ok || LASTING.includes(outcome.failure.code)) return outcome;
    if (isAgentAway(outcome.failure, expiresAt) || isOver()) return outcome;
    await noteTrouble(db, table, id, outcome.failure);
    await delay(pauseMs, undefined, { signal });
  }
  function isOver(): boolean {
    return expiresAt === null ? clock() - since >= REACH_WITHIN_MS : isExpired(expiresAt, clock());
  }
}

/** Whether a command can only wait for its agent, or until one of two machines is chosen. */
export function isAgentAway(failure: { code: string }, expiresAt: number | null): boolean {
  return expiresAt !== null && isAgentAwaited(failure);
}
