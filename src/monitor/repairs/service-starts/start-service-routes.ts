import type { FastifyInstance, FastifyRequest } from "fastify";
import { readId, type WithId } from "../../forms/fields.ts";
import { isHeldBack } from "../../installation/restored-copy.ts";
import { found } from "../../plugins/found.ts";
import { findAskedPosServer, type ShownPosServer } from "../../restaurants/find-pos-server.ts";
import { canBeCalled } from "../../restaurants/pos-server-to-call.ts";
import { FOLLOW_EVERY_MS } from "../database-resets/step.ts";
import { type FoundStart, findOpenStartOf, findServiceStart } from "./find-service-starts.ts";
import { cancelServiceStart } from "./finish-service-start.ts";
import { newStartModel, type StartRefusal, startModel } from "./models.ts";
import { requestServiceStart } from "./request-service-start.ts";

interface FollowRoute extends WithId {
  Querystring: { tooLate?: unknown };
}

/**
 * «Запустить службу» and «Перезапустить службу»: `/pos-servers/:id/service-starts` and `…/service-restarts` ask for it,
 * `/service-starts/:id` follows it to the end.
 */
export async function startServiceRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  for (const resource of ["service-starts", "service-restarts"] as const) {
    const isRestart = resource === "service-restarts";

    app.get<WithId>(`/pos-servers/:id/${resource}/new`, access, async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      const open = await findOpenStartOf(db, posServer.id);
      if (open) return reply.redirect(followUrl(open.id, open.databaseResetId), 303);
      const refusal = needlessness(posServer, isRestart);
      const model = newStartModel(request.viewer, posServer, isRestart, refusal);
      return await reply.dialogPage("repairs/service-starts/new", model);
    });

    app.post<WithId>(`/pos-servers/:id/${resource}`, access, async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      const refuse = async (status: number, refusal: StartRefusal) => {
        reply.code(status);
        const model = newStartModel(request.viewer, posServer, isRestart, refusal);
        return await reply.dialogPage("repairs/service-starts/new", model);
      };
      if (await isHeldBack(db)) return await refuse(422, { code: "restored_copy" });
      if (!canBeCalled(posServer)) return await refuse(422, { code: "no_address" });
      if (isRestart && posServer.serviceCanRestart !== 1) return await refuse(422, { code: "not_offered" });
      const isAgentAway = app.posClient.agents.isAway(posServer);
      const requested = await requestServiceStart(db, request.actor(), posServer, app.clock(), {
        isAgentAway,
        isRestart,
      });
      if ("refusedBy" in requested)
        return await refuse(409, { code: "resetting", resetId: requested.refusedBy });
      app.serviceStarts.wake();
      return reply.redirect(followUrl(requested.id, requested.resetId), 303);
    });
  }

  app.get<FollowRoute>("/service-starts/:id", access, async (request, reply) => {
    const { viewer } = request;
    const start = await find(request);
    const now = app.clock();
    const { lastPollAt, ...reported } = await db
      .selectFrom("posStatus")
      .select(["lastPollAt", "lastUpdateAt", "syncError", "serviceState", "portSilentReports"])
      .where("posServerId", "=", start.posServerId)
      .executeTakeFirstOrThrow();
    // Polls now, so that whoever watches sees the exchange before the next regular poll.
    if (start.exchange === "awaited" && now - (lastPollAt ?? 0) >= FOLLOW_EVERY_MS) {
      app.poller.pollSoon(start.posServerId);
    }
    return await reply.dialogPage(
      "repairs/service-starts/show",
      startModel(viewer, start, { ...reported, isCancelTooLate: request.query.tooLate === "1", now }),
    );
  });

  app.post<WithId>("/service-starts/:id/cancellation", access, async (request, reply) => {
    const start = await find(request);
    const isCancelled = await cancelServiceStart(db, request.actor(), start.id, app.clock());
    if (isCancelled) app.serviceStarts.interrupt(start.id);
    const url = followUrl(start.id, start.databaseResetId);
    return reply.redirect(isCancelled ? url : `${url}?tooLate=1`, 303);
  });

  async function find({ params, viewer }: FastifyRequest<WithId>): Promise<FoundStart> {
    return found(await findServiceStart(db, viewer.organizations, readId(params.id) ?? 0));
  }
}

function needlessness({ serviceState, serviceCanRestart }: ShownPosServer, isRestart: boolean) {
  if (!isRestart) return serviceState === "running" ? ({ code: "running" } as const) : null;
  if (serviceCanRestart !== 1) return { code: "not_offered" } as const;
  return serviceState === "stopped" ? ({ code: "stopped" } as const) : null;
}

/** A start for a reset is followed on the page of the reset. */
function followUrl(id: number, resetId: number | null): string {
  return resetId === null ? `/service-starts/${id}` : `/database-resets/${resetId}`;
}
