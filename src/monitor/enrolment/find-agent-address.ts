import type { FastifyRequest } from "fastify";
import { agentAddress, suggestAgentAddress } from "../fleet/agent-address.ts";
import { readSettings } from "../fleet/settings.ts";

/** Where the agents find this monitor; null = nobody has said it, and agents could not come the way of this browser. */
export async function findAgentAddress(request: FastifyRequest): Promise<string | null> {
  const { database, config } = request.server;
  const settings = await readSettings(database.db);
  return agentAddress(settings) ?? suggestAgentAddress(request, config, settings);
}
