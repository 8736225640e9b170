import type { FastifyInstance, FastifyReply } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { textFields } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { hasOpenRequest } from "../requests/has-open-request.ts";
import { deletionModel } from "./pos-server-form-model.ts";
import { posServerEvent } from "./registry/events.ts";
import { readName } from "./registry/names.ts";
import {
  deletePosServer,
  findRegisteredPosServer,
  type RegisteredPosServer,
} from "./registry/pos-servers.ts";

/** `/pos-servers/:id/deletion`: deletes a POS server whose name was typed. */
export async function deletePosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const find = async (id: string) => await findRegisteredPosServer(db, app.secretBox, id);

  app.get<WithId>("/pos-servers/:id/deletion/new", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    return await show(reply, posServer, "");
  });

  app.post<WithId>("/pos-servers/:id/deletion", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    const { id, name, organizationId } = posServer;
    const { name: typed } = textFields(request.body, ["name"]);
    if (readName(typed) !== name) {
      reply.code(422);
      return await show(reply, posServer, typed, { name: "posServer.problem.nameDiffers" });
    }
    const isDeleted = await db.transaction().execute(async (trx) => {
      if (await hasOpenRequest(trx, "pos_server.id", id)) return false;
      const now = app.clock();
      await deletePosServer(trx, posServer, now);
      const { address } = posServer.connection;
      const event = posServerEvent("pos_server_delete", { name, organizationId, address }, id);
      await recordEvent(trx, request.actor(), event, now);
      return true;
    });
    if (!isDeleted) {
      reply.code(409);
      return await show(reply, posServer, typed, { form: "posServer.problem.underWay" });
    }
    return reply.redirect(`/organizations/${organizationId}`, 303);
  });

  async function show(
    reply: FastifyReply,
    posServer: RegisteredPosServer,
    typed: string,
    problems: { name?: string; form?: string } = {},
  ) {
    const model = deletionModel(reply.request.viewer, posServer, typed, problems);
    return await reply.page("organizations/delete-pos-server", model);
  }
}
