import type { FastifyInstance } from "fastify";
import { findAskedPosServer } from "../../fleet/find-pos-server.ts";
import { readRestoredAt } from "../../fleet/restored-copy.ts";
import { canBeCalled } from "../../fleet/way-to-call.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { FOLLOW_EVERY_MS } from "../database-resets/limits.ts";
import { findOpenStartOf, findServiceStart } from "./find-service-starts.ts";
import { newStartModel, type StartRefusal, startModel } from "./models.ts";
import { requestServiceStart } from "./request-service-start.ts";

/** «Запустить службу»: `/pos-servers/:id/service-starts` asks for it, `/service-starts/:id` follows it to the end. */
export async function startServiceRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>(
    "/pos-servers/:id/service-starts/new",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const open = await findOpenStartOf(db, posServer.id);
      if (open) return reply.redirect(followUrl(open.id, open.databaseResetId), 303);
      return await reply.dialogPage(
        "repairs/service-starts/new",
        newStartModel(request.viewer, posServer, null),
      );
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/service-starts",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const refuse = async (status: number, refusal: StartRefusal) => {
        reply.code(status);
        const model = newStartModel(request.viewer, posServer, refusal);
        return await reply.dialogPage("repairs/service-starts/new", model);
      };
      if ((await readRestoredAt(db)) !== null) return await refuse(422, { code: "restored_copy" });
      if (!canBeCalled(posServer)) return await refuse(422, { code: "no_address" });
      const requested = await requestServiceStart(db, request.actor(), posServer, app.clock());
      if ("refusedBy" in requested)
        return await refuse(409, { code: "resetting", resetId: requested.refusedBy });
      app.serviceStarts.wake();
      return reply.redirect(followUrl(requested.id, requested.resetId), 303);
    },
  );

  app.get<WithId>("/service-starts/:id", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const id = readId(request.params.id);
    const { viewer } = request;
    const start = id === null ? null : await findServiceStart(db, viewer.organizations, id);
    if (!start) return reply.callNotFound();
    const now = app.clock();
    const { lastPollAt, syncError } = await db
      .selectFrom("pos_status")
      .select(["last_poll_at as lastPollAt", "sync_error as syncError"])
      .where("pos_server_id", "=", start.posServerId)
      .executeTakeFirstOrThrow();
    // Whoever looks on sees the exchange begin at once, not with the next regular poll.
    if (start.exchange === "awaited" && now - (lastPollAt ?? 0) >= FOLLOW_EVERY_MS) {
      app.poller.hurry(start.posServerId);
    }
    return await reply.dialogPage(
      "repairs/service-starts/show",
      startModel(viewer, start, { syncError, now }),
    );
  });
}

/** A start that a reset waits for is followed where the reset is. */
function followUrl(id: number, resetId: number | null): string {
  return resetId === null ? `/service-starts/${id}` : `/database-resets/${resetId}`;
}
