import type { FastifyInstance } from "fastify";
import { findAskedPosServer, type ShownPosServer } from "../fleet/find-pos-server.ts";
import { readPosServerToCall } from "../fleet/pos-server-to-call.ts";
import type { WithId } from "../forms/id.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { createPlaces, type PlaceLimits } from "../workers/places.ts";
import { readLogRequest, type WantedLogs } from "./log-request-form.ts";
import { logPreviewModel } from "./preview-model.ts";
import { createPreviews, type Preview } from "./preview-plan.ts";

/** Each calls a POS server. */
const PREVIEWS: PlaceLimits = { atOnce: 8, maxWaitingEach: 3, maxWaiting: 100 };

/** `/pos-servers/:id/log-requests/preview`: the part of the form that says what its fields would take. */
export async function previewRequestRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const previews = createPreviews(app.posClient);
  const places = createPlaces(PREVIEWS);

  app.get<WithId>(
    "/pos-servers/:id/log-requests/preview",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const { viewer } = request;
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      reply.type("text/html; charset=utf-8");
      const { wanted } = readLogRequest(request.query, viewer.timeZone, app.clock());
      if (!wanted || posServer.parked === 1) return "";
      const preview = await inTurn(request, reply, { places, busyWith: "previews" }, (signal) =>
        findPreview(posServer, wanted, signal),
      );
      if (preview === "left") return reply.code(499).send();
      return app.renderFragment(
        "log-archives/_preview",
        viewer,
        logPreviewModel(viewer, preview, wanted.maxBytes),
      );
    },
  );

  async function findPreview(
    posServer: ShownPosServer,
    wanted: WantedLogs,
    signal: AbortSignal,
  ): Promise<Preview> {
    const called = await readPosServerToCall(db, app.secretBox, posServer.id);
    return called.ok
      ? await previews.plan(called.posServer, posServer, wanted, signal)
      : { kind: "failure", failure: called.failure };
  }
}
