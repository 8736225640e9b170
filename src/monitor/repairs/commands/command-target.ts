import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { Fleet } from "../../fleet/fleet.ts";
import type { PollNow } from "../../polling/poll-now.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";
import type { Connection, PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome, StatusOutcome } from "../../pos-client/client.ts";
import type { RequestTable } from "../../requests/claims.ts";
import { isExpired, noteTrouble } from "../../requests/waiting.ts";
import { readItsClock } from "../../restaurants/pos-server-clock.ts";
import { type CallDependencies, readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";
import { type Asked, mayStillAct } from "../../viewer/access.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { type CommandFailure, EXPIRED, RIGHT_LOST } from "./command-failure.ts";

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

export interface RepairDependencies extends CallDependencies {
  pollNow: PollNow;
  fleet: Fleet;
  log: FastifyBaseLogger;
  /** Between two calls of one command; tests shorten it. */
  pauseMs?: number | undefined;
}

/** The registry is read anew for each call: the POS server may have been paired again meanwhile. */
export async function callPosServer<Value>(
  { db, secretBox, clock }: RepairDependencies,
  posServerId: number,
  call: (posServer: PosServer) => Promise<CallOutcome<Value>>,
): Promise<CallOutcome<Value>> {
  const called = await readPosServerToCall(db, secretBox, posServerId);
  return called.ok
    ? await call(called.posServer)
    : { ok: false, failure: called.failure, receivedAt: clock() };
}

/** Commands name an identity, so that no other POS server at the address carries them out. */
export async function commandIdentity(
  { client }: RepairDependencies,
  posServer: PosServer,
  known: string | null,
): Promise<CallOutcome<string>> {
  const identity = known ?? posServer.posServerId;
  if (identity !== null) return { ok: true, value: identity, receivedAt: 0 };
  const outcome = await client.fetchStatus(posServer);
  return outcome.ok
    ? { ok: true, value: outcome.report.posServerId, receivedAt: outcome.receivedAt }
    : outcome;
}

/** Ask right before each sending. @returns null when the command may be sent. */
export async function whatForbids(
  { db, clock }: RepairDependencies,
  command: Asked & { expiresAt: number | null },
): Promise<CommandFailure | null> {
  if (!(await mayStillAct(db, command, clock()))) return RIGHT_LOST;
  return isExpired(command.expiresAt, clock()) ? EXPIRED : null;
}

interface Command {
  posServerId: number;
  connection: Connection;
  expiresAt: number | null;
}

/** Whether the command may wait for its agent, which is away. */
export function isAgentAbsent({ client }: RepairDependencies, command: Command): boolean {
  const { posServerId: id, connection, expiresAt } = command;
  return expiresAt !== null && client.agents.isAway({ id, connection });
}

/** Whether an expired command waited in vain: its agent is away, or came too late. */
export function hasAgentMissed({ client }: RepairDependencies, command: Command): boolean {
  const { posServerId: id, connection, expiresAt } = command;
  if (client.agents.isAway({ id, connection })) return true;
  const agent = client.agents.find(id);
  return agent !== null && isExpired(expiresAt, agent.connectedAt);
}

/** By the agent's clock (ISO 8601): it does not begin the command later; null = never, or its clock is unknown. */
export async function expiryByItsClock(
  { db }: RepairDependencies,
  { posServerId, expiresAt }: Command,
): Promise<string | null> {
  if (expiresAt === null) return null;
  const { clockShiftMs } = await readItsClock(db, posServerId);
  return clockShiftMs === null ? null : new Date(expiresAt - clockShiftMs).toISOString();
}

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

/** Whether a command can only wait for its agent. */
export function isAgentAway(failure: { code: string }, expiresAt: number | null): boolean {
  return expiresAt !== null && failure.code === "not_connected";
}
