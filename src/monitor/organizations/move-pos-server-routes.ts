import type { FastifyInstance, FastifyReply } from "fastify";
import { describeChanges } from "../audit-log/describe-changes.ts";
import { recordEvents } from "../audit-log/record-event.ts";
import { endTakingsWithoutRight } from "../fleet/end-takings.ts";
import { findToldOrganization } from "../fleet/told-organization.ts";
import { textFields } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { hasOpenRequest } from "../requests/has-open-request.ts";
import { movingModel, type ToldOrganization } from "./moving-model.ts";
import {
  findRegisteredPosServer,
  isNameTaken,
  movePosServer,
  type RegisteredPosServer,
} from "./registry/pos-servers.ts";

/** `/pos-servers/:id/moves`: moves a POS server to the organization whose CrmId it tells; its history goes with it. */
export async function movePosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const find = async (id: string) => await findRegisteredPosServer(db, app.secretBox, id);

  app.get<WithId>(
    "/pos-servers/:id/moves/new",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const posServer = await find(request.params.id);
      if (!posServer) return reply.callNotFound();
      const told = await findToldOrganization(db, posServer.id);
      if (!told) return reply.leadTo(`/pos-servers/${posServer.id}`);
      return await ask(reply, posServer, told, null);
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/moves",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const posServer = await find(request.params.id);
      if (!posServer) return reply.callNotFound();
      const { id: posServerId, name: subject, organizationId, crmId } = posServer;
      const url = `/pos-servers/${posServerId}`;
      const told = await findToldOrganization(db, posServerId);
      if (!told || told.id === organizationId) return reply.leadTo(url);
      // It may tell another CrmId by now than the question named.
      if (readId(textFields(request.body, ["organization"]).organization) !== told.id) {
        return await ask(reply.code(409), posServer, told, "posServer.moving.changed");
      }
      const now = app.clock();
      const problem = await db.transaction().execute(async (trx) => {
        if (await hasOpenRequest(trx, "pos_server.id", posServerId)) return "posServer.moving.underWay";
        if (await isNameTaken(trx, told.id, subject, posServerId)) return "posServer.moving.nameTaken";
        await movePosServer(trx, posServer, told);
        await endTakingsWithoutRight(trx, now);
        // Each organization has the event, by CrmId: whoever may see the one need not know the other by name.
        const detail = describeChanges({ crmId: [crmId, told.crmId] });
        const moved = { action: "pos_server_move", subject, posServerId, detail } as const;
        const events = [organizationId, told.id].map((id) => ({ ...moved, organizationId: id }));
        await recordEvents(trx, request.actor(), events, now);
        return null;
      });
      if (problem) return await ask(reply.code(409), posServer, told, problem);
      const outcome = await app.pollNow(posServerId, { isChanged: true });
      return reply.tellOnce(url, POLL_ANSWER, pollAnswer(outcome));
    },
  );

  async function ask(
    reply: FastifyReply,
    posServer: RegisteredPosServer,
    told: ToldOrganization,
    problem: string | null,
  ) {
    const model = movingModel(reply.request.viewer, posServer, told, problem);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "pos-servers" });
  }
}
