import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findPosServer } from "../../fleet/find-pos-server.ts";
import { readSettings } from "../../fleet/settings.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { type FoundReset, findDatabaseReset, listResetSteps } from "./find-database-resets.ts";
import { resetModel } from "./reset-model.ts";
import { findWaitedFor } from "./waited-for.ts";

/** `/database-resets/:id`: follows a reset to its end; the decision to go on without logs, or not at all. */
export async function followResetRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/database-resets/:id", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const reset = await find(request);
    if (!reset) return reply.callNotFound();
    const { viewer } = request;
    const posServer = await findPosServer(db, viewer.organizations, reset.posServerId);
    if (!posServer) return reply.callNotFound();
    const model = resetModel({
      ...{ viewer, reset, posServer },
      steps: await listResetSteps(db, reset.id),
      waitedFor: await findWaitedFor(db, reset),
      syncTimeoutMs: (await readSettings(db)).resetSyncTimeoutMs,
      now: app.clock(),
    });
    return await reply.dialogPage("repairs/database-resets/show", model);
  });

  app.post<WithId>(
    "/database-resets/:id/continuation",
    { config: { access: "outlet_setup" } },
    (request, reply) => decide(request, reply, { step: "resetting" }),
  );

  app.post<WithId>(
    "/database-resets/:id/cancellation",
    { config: { access: "outlet_setup" } },
    (request, reply) =>
      decide(request, reply, { step: "failed", failure: { code: "cancelled", detail: "" } }),
  );

  /** Whoever decides second changes nothing, and sees what the first one has decided. */
  async function decide(request: FastifyRequest<WithId>, reply: FastifyReply, change: StepChange) {
    const reset = await find(request);
    if (!reset) return reply.callNotFound();
    if (reset.step === "awaiting_decision") {
      const actor = request.actor();
      await enterStep(db, reset, { ...change, actor }, app.clock());
      app.databaseResets.wake();
    }
    return reply.redirect(`/database-resets/${reset.id}`, 303);
  }

  async function find({ params, viewer }: FastifyRequest<WithId>): Promise<FoundReset | null> {
    const id = readId(params.id);
    return id === null ? null : await findDatabaseReset(db, viewer.organizations, id);
  }
}
