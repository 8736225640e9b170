import type { FastifyInstance } from "fastify";
import { findAskedPosServer } from "../fleet/find-pos-server.ts";
import { addTakingRoutes } from "../takings/taking-routes.ts";

/** `/pos-servers/:id/takings`: «Занимаюсь», of one POS server. */
export async function takePosServerRoutes(app: FastifyInstance): Promise<void> {
  addTakingRoutes(app, "/pos-servers", async (request) => {
    const posServer = await findAskedPosServer(app.database.db, request);
    if (!posServer) return null;
    const { id, name, organizationId, organizationName, crmId } = posServer;
    return {
      ...{ kind: "pos_server", id, name, organizationId },
      section: "pos-servers",
      title: name,
      subtitle: `${organizationName} · ${request.viewer.t("posServers.crmId", { crmId })}`,
      url: `/pos-servers/${id}`,
      isOver: false,
    };
  });
}
