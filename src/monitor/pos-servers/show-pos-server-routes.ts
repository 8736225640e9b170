import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findAskedPosServer, listStateChanges } from "../fleet/find-pos-server.ts";
import { findParking } from "../fleet/park-pos-server.ts";
import type { WithId } from "../forms/id.ts";
import { listLogRequests } from "../log-archives/list-log-requests.ts";
import { requestAsAction } from "../log-archives/request-in-words.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { listDatabaseResets, resetAsAction } from "../repairs/database-resets/list-database-resets.ts";
import { listActivities } from "../repairs/list-activities.ts";
import { listServiceStarts, startAsAction } from "../repairs/service-starts/list-service-starts.ts";
import { recentActions, SHOWN_ACTIONS } from "../requests/recent-actions.ts";
import { askPosServer } from "./ask-pos-server.ts";
import { posServerModel } from "./pos-server-model.ts";
import { readAvailability } from "./read-availability.ts";

/** `/pos-servers/:id`: one POS server with its history; «Проверить связь». */
export async function showPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const { fleet } = app;

  app.get<WithId>("/pos-servers/:id", { config: { access: "outlet_setup" } }, async (request, reply) => {
    return await show(request, reply);
  });

  app.post<WithId>(
    "/pos-servers/:id/polls",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const outcome = await askPosServer(request, posServer);
      return reply.tellOnce(`/pos-servers/${posServer.id}`, POLL_ANSWER, pollAnswer(outcome));
    },
  );

  async function show(request: FastifyRequest<WithId>, reply: FastifyReply) {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const { viewer } = request;
    const { requiredVersion } = await fleet.stateRules();
    const now = app.clock();
    const changes = await listStateChanges(db, posServer.id);
    const logRequests = await listLogRequests(db, posServer.id, SHOWN_ACTIONS);
    const resets = await listDatabaseResets(db, posServer.id, SHOWN_ACTIONS);
    const starts = await listServiceStarts(db, posServer.id, SHOWN_ACTIONS);
    const actions = recentActions(
      logRequests.map((logRequest) => requestAsAction(logRequest, viewer, now)),
      resets.map((reset) => resetAsAction(reset, viewer, now)),
      starts.map((start) => startAsAction(start, viewer, now)),
    );
    const activity = (await listActivities(db)).get(posServer.id);
    const parking = await findParking(db, posServer.id);
    const availability = await readAvailability(db, viewer.timeZone, posServer.id, now);
    const asked = {
      viewer,
      posServer,
      changes,
      actions,
      activity,
      availability,
      requiredVersion,
      parking,
      nextPollAt: app.poller.nextPollAt(posServer.id),
      answer: request.toldOnce(POLL_ANSWER),
      now,
    };
    return await reply.page("pos-servers/show", posServerModel(asked));
  }
}
