import type { Connection } from "../../pos-client/calls/pos-server.ts";
import { isExpired } from "../../requests/waiting.ts";
import type { RepairDependencies } from "./repair-dependencies.ts";

/** A command to a POS server, as its row comes out. */
interface Command {
  posServerId: number;
  connection: Connection;
  expiresAt: number | null;
}

/** Whether the agent that a command may wait for is away at the moment. */
export function isAgentAbsent({ client }: RepairDependencies, command: Command): boolean {
  const { posServerId: id, connection, expiresAt } = command;
  return expiresAt !== null && client.agents.isAway({ id, connection });
}

/**
 * Whether a command that has expired waited for its agent in vain: the agent is away, or came when it was too late. One
 * that was there could not be told for another reason.
 */
export function hasAgentMissed({ client }: RepairDependencies, command: Command): boolean {
  const { posServerId: id, connection, expiresAt } = command;
  if (client.agents.isAway({ id, connection })) return true;
  const agent = client.agents.find(id);
  return agent !== null && isExpired(expiresAt, agent.connectedAt);
}

/**
 * When a command expires by the clock of the agent (ISO 8601), which then does not begin it, however long it was on its
 * way; null = never, or nothing is known of that clock.
 */
export async function expiryByItsClock(
  { db }: RepairDependencies,
  { posServerId, expiresAt }: Command,
): Promise<string | null> {
  if (expiresAt === null) return null;
  const { clockShiftMs } = await db
    .selectFrom("posStatus")
    .select("clockShiftMs")
    .where("posServerId", "=", posServerId)
    .executeTakeFirstOrThrow();
  return clockShiftMs === null ? null : new Date(expiresAt - clockShiftMs).toISOString();
}
