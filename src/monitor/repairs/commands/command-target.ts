import type { Connection, PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import { isExpired } from "../../requests/waiting.ts";
import { readItsClock } from "../../restaurants/pos-server-clock.ts";
import { readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";
import { type Asked, mayStillAct } from "../../viewer/access.ts";
import { type CommandFailure, EXPIRED, RIGHT_LOST } from "./command-failure.ts";
import type { RepairDependencies } from "./repair-dependencies.ts";

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
