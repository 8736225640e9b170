import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import type { WithId } from "../forms/id.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { readNewPosServerForm } from "./pos-server-form.ts";
import { newPosServerModel } from "./pos-server-form-model.ts";
import { posServerEvent } from "./registry/events.ts";
import { findOrganization } from "./registry/organizations.ts";
import { isIdentityTaken, isNameTaken } from "./registry/pos-servers.ts";
import { addPosServer } from "./registry/registry.ts";

/** `/organizations/:id/pos-servers`: new POS servers of an organization. */
export async function addPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const findActive = async (id: string) => {
    const organization = await findOrganization(db, id);
    return organization?.archivedAt === null ? organization : null;
  };

  app.get<WithId>("/organizations/:id/pos-servers/new", access, async (request, reply) => {
    const organization = await findActive(request.params.id);
    if (!organization) return reply.callNotFound();
    const { typed } = readNewPosServerForm({});
    const model = newPosServerModel(request.viewer, organization, { typed, problems: {} });
    return await reply.page("organizations/new-pos-server", model);
  });

  app.post<WithId>("/organizations/:id/pos-servers", access, async (request, reply) => {
    const organization = await findActive(request.params.id);
    if (!organization) return reply.callNotFound();
    const { id: organizationId } = organization;
    const { typed, name, pollIntervalMs, connection, problems } = readNewPosServerForm(request.body);
    const now = app.clock();
    const id = await db.transaction().execute(async (trx) => {
      if (await isNameTaken(trx, organizationId, name, null)) problems.name = "posServer.problem.nameTaken";
      if (await isIdentityTaken(trx, connection?.identity ?? null, null)) {
        problems.pairingString = "posServer.problem.identityTaken";
      }
      if (!connection || Object.keys(problems).length > 0) return null;
      const posServer = { organizationId, name, ...connection, pollIntervalMs, isParked: false };
      const posServerId = await addPosServer(trx, app.secretBox, posServer, now);
      const event = posServerEvent("pos_server_create", posServer, posServerId);
      await recordEvent(trx, request.actor(), event, now);
      return posServerId;
    });
    if (id !== null) {
      const outcome = await app.pollNow(id, { isChanged: true });
      return reply.tellOnce(`/pos-servers/${id}`, POLL_ANSWER, pollAnswer(outcome));
    }
    reply.code(422);
    const model = newPosServerModel(request.viewer, organization, { typed, problems });
    return await reply.page("organizations/new-pos-server", model);
  });
}
