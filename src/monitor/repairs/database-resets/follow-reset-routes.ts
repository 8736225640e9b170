import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Db } from "../../database/schema.ts";
import { findPosServer } from "../../fleet/find-pos-server.ts";
import { readSettings } from "../../fleet/settings.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { expiryOf } from "../../requests/waiting.ts";
import { cancelReset } from "./cancel-reset.ts";
import { enterStep } from "./enter-step.ts";
import { type FoundReset, findDatabaseReset, listResetSteps } from "./find-database-resets.ts";
import { resetModel } from "./reset-model.ts";
import { findWaitedFor } from "./waited-for.ts";

interface FollowRoute extends WithId {
  Querystring: { tooLate?: unknown };
}

/** `/database-resets/:id`: follows a reset to its end; the decision to go on without logs, or not at all. */
export async function followResetRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<FollowRoute>("/database-resets/:id", access, async (request, reply) => {
    const { viewer } = request;
    // Steps, commands and reports of one moment: read one after the other they would contradict each other.
    const known = await db.transaction().execute((trx) => findKnown(trx, request));
    if (!known) return reply.callNotFound();
    const model = resetModel({
      ...{ viewer, ...known },
      isCancelTooLate: request.query.tooLate === "1",
      now: app.clock(),
    });
    const pollUrl = model.isFinished ? null : request.url;
    return await reply.dialogPage("repairs/database-resets/show", { ...model, pollUrl });
  });

  app.post<WithId>("/database-resets/:id/continuation", access, async (request, reply) => {
    const reset = await find(db, request);
    if (!reset) return reply.callNotFound();
    if (reset.step === "awaiting_decision") {
      // Whoever decides second changes nothing, and sees what the first one has decided.
      const now = app.clock();
      const known = { expires_at: await expiryOf(db, "database_reset", reset.posServerId, now) };
      await enterStep(db, reset, { step: "resetting", actor: request.actor(), known }, now);
      app.databaseResets.wake();
    }
    return reply.redirect(`/database-resets/${reset.id}`, 303);
  });

  app.post<WithId>("/database-resets/:id/cancellation", access, async (request, reply) => {
    const reset = await find(db, request);
    if (!reset) return reply.callNotFound();
    const cancellation = await cancelReset(db, request.actor(), reset, app.clock());
    const url = `/database-resets/${reset.id}`;
    if (cancellation.isTooLate) return reply.redirect(`${url}?tooLate=1`, 303);
    app.databaseResets.interrupt(reset.id);
    const { stoppedLogRequest } = cancellation;
    if (stoppedLogRequest !== null) app.logRequests.interrupt(stoppedLogRequest);
    return reply.redirect(url, 303);
  });

  async function findKnown(trx: Db, request: FastifyRequest<WithId>) {
    const reset = await find(trx, request);
    const posServer = reset && (await findPosServer(trx, request.viewer.organizations, reset.posServerId));
    if (!posServer) return null;
    return {
      ...{ reset, posServer },
      steps: await listResetSteps(trx, reset.id),
      waitedFor: await findWaitedFor(trx, reset),
      syncTimeoutMs: (await readSettings(trx)).resetSyncTimeoutMs,
    };
  }

  async function find(from: Db, { params, viewer }: FastifyRequest<WithId>): Promise<FoundReset | null> {
    const id = readId(params.id);
    return id === null ? null : await findDatabaseReset(from, viewer.organizations, id);
  }
}
