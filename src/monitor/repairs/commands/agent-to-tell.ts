import type { Connection } from "../../pos-client/calls/pos-server.ts";
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
 * When a command expires by the clock of the agent (ISO 8601), which then does not begin it, however long it was on its
 * way; null = never, or nothing is known of that clock.
 */
export async function expiryByItsClock(
  { db }: RepairDependencies,
  { posServerId, expiresAt }: Command,
): Promise<string | null> {
  if (expiresAt === null) return null;
  const { clockShiftMs } = await db
    .selectFrom("pos_status")
    .select("clock_shift_ms as clockShiftMs")
    .where("pos_server_id", "=", posServerId)
    .executeTakeFirstOrThrow();
  return clockShiftMs === null ? null : new Date(expiresAt - clockShiftMs).toISOString();
}
