import type { FastifyInstance } from "fastify";
import { createEnrolmentCode } from "../enrolment/enrolment-codes.ts";
import { enrolmentCommands } from "../enrolment/enrolment-commands.ts";
import { ISSUED_COMMANDS } from "../enrolment/issued-commands.ts";
import { findAgentAddress } from "../fleet/agent-address.ts";
import { listActiveOrganizations } from "../organizations/registry/active-organizations.ts";
import { FIRST_START_URL } from "./first-start-model.ts";

const LIFETIME_MS = 86_400_000;

/** `POST /first-start/codes`: the commands with a new code, for one agent and a day. */
export async function issueCommandRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post(`${FIRST_START_URL}/codes`, { config: { access: "administrator" } }, async (request, reply) => {
    const monitor = await findAgentAddress(request);
    // The page says what is missing.
    if (monitor === null) return reply.leadTo(FIRST_START_URL);
    const now = app.clock();
    const endsAt = now + LIFETIME_MS;
    const [organization, another] = await listActiveOrganizations(db);
    const organizationId = organization && !another ? organization.id : null;
    const wanted = { organizationId, posServerId: null, maxUses: 1, endsAt };
    const made = await createEnrolmentCode(db, request.actor(), wanted, now);
    if (made === null) return reply.leadTo(FIRST_START_URL);
    const code = { monitor, pins: [...app.monitorPins], secret: made.secret };
    const commands = enrolmentCommands(request.viewer.t, code, await app.agentPackages.findOffered());
    return reply.tellOnce(FIRST_START_URL, ISSUED_COMMANDS, { ...commands, monitor, endsAt });
  });
}
