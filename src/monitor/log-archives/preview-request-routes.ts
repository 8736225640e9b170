import type { FastifyInstance } from "fastify";
import { findAskedPosServer } from "../fleet/find-pos-server.ts";
import { readPosServerToCall } from "../fleet/pos-server-to-call.ts";
import type { WithId } from "../forms/id.ts";
import { readLogRequest } from "./log-request-form.ts";
import { logPreviewModel } from "./preview-model.ts";
import { type Preview, previewPlan } from "./preview-plan.ts";

/** `/pos-servers/:id/log-requests/preview`: the part of the form that says what its fields would take. */
export async function previewRequestRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>(
    "/pos-servers/:id/log-requests/preview",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const { viewer } = request;
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      reply.type("text/html; charset=utf-8");
      const { wanted } = readLogRequest(request.query, viewer.timeZone, app.clock());
      if (!wanted) return "";
      const called = await readPosServerToCall(db, app.secretBox, posServer.id);
      const preview: Preview = called.ok
        ? await previewPlan(app.posClient, called.posServer, posServer, wanted)
        : { kind: "failure", failure: called.failure };
      return app.renderFragment(
        "log-archives/_preview",
        viewer,
        logPreviewModel(viewer, preview, wanted.maxBytes),
      );
    },
  );
}
