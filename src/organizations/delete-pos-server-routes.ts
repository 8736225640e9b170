import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit/record-event.ts";
import { textFields } from "../forms/fields.ts";
import { readName } from "./names.ts";
import { deletePosServer, findRegisteredPosServer } from "./pos-servers.ts";
import type { OrganizationRouteOptions } from "./routes.ts";

interface WithId {
  Params: { id: string };
}

/** `/pos-servers/:id/deletion`: deletes a POS server whose name was typed. */
export async function deletePosServerRoutes(
  app: FastifyInstance,
  { clock }: OrganizationRouteOptions,
): Promise<void> {
  const { db } = app.database;
  const find = async (id: string) => await findRegisteredPosServer(db, app.secretBox, id);

  app.get<WithId>(
    "/pos-servers/:id/deletion/new",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const posServer = await find(request.params.id);
      if (!posServer) return reply.callNotFound();
      const { id, name, organizationName, crmId } = posServer;
      return await reply.page("organizations/delete-pos-server", {
        posServer: { id, name, organizationName, crmId },
        typed: "",
        problems: {},
      });
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/deletion",
    { config: { access: "administrator" }, preHandler: app.csrfProtection },
    async (request, reply) => {
      const posServer = await find(request.params.id);
      if (!posServer) return reply.callNotFound();
      const { id, name, organizationId, organizationName, crmId } = posServer;
      const { name: typed } = textFields(request.body, ["name"]);
      if (readName(typed) !== name) {
        reply.code(422);
        return await reply.page("organizations/delete-pos-server", {
          posServer: { id, name, organizationName, crmId },
          typed,
          problems: { name: "posServer.problem.nameDiffers" },
        });
      }
      await db.transaction().execute(async (trx) => {
        await deletePosServer(trx, id);
        await recordEvent(
          trx,
          request.actor(),
          {
            action: "pos_server_delete",
            subject: name,
            organizationId,
            posServerId: id,
            detail: posServer.connection.address,
          },
          clock(),
        );
      });
      return reply.redirect(`/organizations/${organizationId}`, 303);
    },
  );
}
