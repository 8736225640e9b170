import type { FastifyRequest } from "fastify";
import { type EnrolmentCode, formatEnrolmentCode } from "../../protocol/enrolment-code.ts";
import { agentAddress, suggestAgentAddress } from "../fleet/agent-address.ts";
import { readSettings } from "../fleet/settings.ts";

/** Where the agents find this monitor; null = nobody has said it, and agents could not come the way of this browser. */
export async function findAgentAddress(request: FastifyRequest): Promise<string | null> {
  const { database, config } = request.server;
  return agentAddress(await readSettings(database.db)) ?? suggestAgentAddress(request, config);
}

/** The command that has an agent let in, for a shell in the folder of the program; it is as secret as the code in it. */
export function enrolmentCommand(code: EnrolmentCode): string {
  return `npm run agent -- --config agent.json enroll --code ${formatEnrolmentCode(code)}`;
}
