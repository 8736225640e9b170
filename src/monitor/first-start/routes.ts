import type { FastifyInstance } from "fastify";
import { createEnrolmentCode } from "../enrolment/enrolment-codes.ts";
import { enrolmentCommands, ISSUED_COMMANDS } from "../enrolment/enrolment-commands.ts";
import { findAgentAddress } from "../installation/agent-address.ts";
import { listActiveOrganizations } from "../organizations/registry/active-organizations.ts";
import { addOrganizationRoutes } from "./add-organization-routes.ts";
import { FIRST_START_URL } from "./first-start-model.ts";
import { showFirstStart } from "./show-page.ts";

const LIFETIME_MS = 86_400_000;

/** The checklist from the first agent to the first colleague. */
export async function firstStartRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  await addOrganizationRoutes(app);

  app.get(FIRST_START_URL, access, async (_request, reply) => showFirstStart(reply));

  /** The commands with a new code, for one agent and a day. */
  app.post(`${FIRST_START_URL}/codes`, access, async (request, reply) => {
    const monitor = await findAgentAddress(request);
    // The page shows what is missing.
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
    return reply.flash(FIRST_START_URL, ISSUED_COMMANDS, { ...commands, monitor, endsAt });
  });
}
