import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { aboutPosServer, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { isBelow } from "../../fleet/state.ts";
import { readForm, readId, type WithId } from "../../forms/fields.ts";
import { readSettings } from "../../installation/settings.ts";
import { readLinesAtError } from "../../log-excerpts/excerpt-model.ts";
import { found } from "../../plugins/found.ts";
import { expiryOf } from "../../requests/waiting.ts";
import { findAskedPosServer, findPosServer, type ShownPosServer } from "../../restaurants/find-pos-server.ts";
import { cancelReset } from "./cancel-reset.ts";
import { enterStep } from "./enter-step.ts";
import {
  type FoundReset,
  findDatabaseReset,
  findOpenResetOf,
  listResetSteps,
} from "./find-database-resets.ts";
import { newResetModel, ResetForm, type ResetRefusal } from "./new-reset-model.ts";
import { findObstacle, requestDatabaseReset } from "./request-database-reset.ts";
import { resetModel } from "./reset-model.ts";
import { findWaitedFor } from "./waited-for.ts";

const UNTOUCHED: ResetForm = { crmId: "", fetchLogs: true, startService: true, agent: "" };

interface FollowRoute extends WithId {
  Querystring: { tooLate?: unknown };
}

/** «Сбросить БД POSа»: `/pos-servers/:id/database-resets` asks for it, `/database-resets/:id` follows it to its end. */
export async function resetRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const { fleet, pollNow } = app;

  app.get<WithId>("/pos-servers/:id/database-resets/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const open = await findOpenResetOf(db, posServer.id);
    if (open) return reply.redirect(`/database-resets/${open.id}`, 303);
    const obstacle = await findObstacle(db, posServer.id);
    return await show(request, reply, posServer, UNTOUCHED, obstacle && { code: obstacle });
  });

  app.post<WithId>("/pos-servers/:id/database-resets", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const sent = readForm(ResetForm, request.body);
    const typed = { ...sent, crmId: sent.crmId.trim() };
    const checked = await check(posServer, typed);
    if ("refusal" in checked) {
      const { refusal } = checked;
      await recordRefusal(request, posServer, refusal);
      reply.code(refusal.code === "open" ? 409 : 422);
      // The poll may have changed it.
      const asked = await findAskedPosServer(db, request);
      return await show(request, reply, asked, typed, refusal);
    }
    const wanted = { ...typed, ...checked, posServer, confirmation: typed.crmId };
    const id = await requestDatabaseReset(db, request.actor(), wanted, app.clock());
    if (id === null) {
      const open = await findOpenResetOf(db, posServer.id);
      reply.code(409);
      return await show(request, reply, posServer, typed, { code: "open", open });
    }
    app.databaseResets.wake();
    return reply.redirect(`/database-resets/${id}`, 303);
  });

  /** Polls only after the user has confirmed which POS server it is. */
  async function check(
    posServer: ShownPosServer,
    typed: ResetForm,
  ): Promise<{ identity: string; agent: string | null; isAgentAway: boolean } | { refusal: ResetRefusal }> {
    const open = await findOpenResetOf(db, posServer.id);
    if (open) return { refusal: { code: "open", open } };
    const obstacle = await findObstacle(db, posServer.id);
    if (obstacle) return { refusal: { code: obstacle } };
    if (typed.crmId === "") return { refusal: { code: "crm_id_empty" } };
    if (typed.crmId !== posServer.crmId) return { refusal: { code: "crm_id_differs" } };
    const outcome = await pollNow(posServer.id);
    const isAway = !outcome.ok && outcome.failure.code === "not_connected";
    if (!outcome.ok && !isAway)
      return { refusal: { code: outcome.failure.code, detail: outcome.failure.detail } };
    const agent = (outcome.ok ? outcome.report.agent?.machine : posServer.agentMachine) ?? null;
    if (typed.agent !== "" && typed.agent !== agent) return { refusal: { code: "other_agent" } };
    if (!outcome.ok) return await checkAbsent(posServer);
    const { posServerId, version, database } = outcome.report;
    if (isBelow(version, (await fleet.stateRules()).minimumVersion))
      return { refusal: { code: "unsupported" } };
    if (database?.exists === false) return { refusal: { code: "no_database" } };
    return { identity: posServerId, agent, isAgentAway: false };
  }

  app.get<FollowRoute>("/database-resets/:id", access, async (request, reply) => {
    const { viewer } = request;
    // In one transaction, so that steps, commands and reports belong together.
    const known = await db.transaction().execute((trx) => findKnown(trx, request));
    const model = resetModel({
      viewer,
      ...known,
      isCancelTooLate: request.query.tooLate === "1",
      now: app.clock(),
    });
    const pollUrl = model.isFinished ? null : request.url;
    return await reply.dialogPage("repairs/database-resets/show", { ...model, pollUrl });
  });

  app.post<WithId>("/database-resets/:id/continuation", access, async (request, reply) => {
    const reset = await find(db, request);
    if (reset.step === "awaiting_decision") {
      // A second decision changes nothing.
      const now = app.clock();
      const known = { expiresAt: await expiryOf(db, "databaseReset", reset.posServerId, now) };
      await enterStep(db, reset, { step: "resetting", actor: request.actor(), known }, now);
      app.databaseResets.wake();
    }
    return reply.redirect(`/database-resets/${reset.id}`, 303);
  });

  app.post<WithId>("/database-resets/:id/cancellation", access, async (request, reply) => {
    const reset = await find(db, request);
    const cancelled = await cancelReset(db, request.actor(), reset.id, app.clock());
    const url = `/database-resets/${reset.id}`;
    if (!cancelled) return reply.redirect(`${url}?tooLate=1`, 303);
    app.databaseResets.interrupt(reset.id);
    if (cancelled.logRequestId !== null) app.logRequests.interrupt(cancelled.logRequestId);
    return reply.redirect(url, 303);
  });

  async function checkAbsent({ id, databaseExists, agentMachine }: ShownPosServer): ReturnType<typeof check> {
    const { identity } = await db
      .selectFrom("posServer")
      .select("identity")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    if (identity === null) return { refusal: { code: "not_connected" } };
    if (databaseExists === 0) return { refusal: { code: "no_database" } };
    return { identity, agent: agentMachine, isAgentAway: true };
  }

  async function recordRefusal(
    request: FastifyRequest<WithId>,
    posServer: ShownPosServer,
    { code, detail = "" }: ResetRefusal,
  ): Promise<void> {
    const about = aboutPosServer(posServer);
    const reason = [{ key: "resetRefusal", values: { code, detail } }] as const;
    const event = { action: "database_reset", result: "refused", ...about, detail: reason } as const;
    await recordEvent(db, request.actor(), event, app.clock());
  }

  async function show(
    { viewer, method }: FastifyRequest<WithId>,
    reply: FastifyReply,
    posServer: ShownPosServer,
    typed: ResetForm,
    refusal: ResetRefusal | null,
  ) {
    const isCommon = (await fleet.commonFailures()).some(({ causeKey }) => causeKey === posServer.causeKey);
    const isSent = method === "POST";
    const now = app.clock();
    const isAgentAway = app.posClient.agents.isAway(posServer);
    const logLines = await readLinesAtError(db, viewer, posServer, now);
    const shown = { viewer, posServer, typed, refusal, isSent, isCommon, isAgentAway, logLines, now };
    const model = newResetModel(shown);
    return await reply.dialogPage("repairs/database-resets/new", model);
  }

  async function findKnown(trx: Db, request: FastifyRequest<WithId>) {
    const reset = await find(trx, request);
    return {
      reset,
      posServer: found(await findPosServer(trx, request.viewer.organizations, reset.posServerId)),
      steps: await listResetSteps(trx, reset.id),
      waitedFor: await findWaitedFor(trx, reset),
      syncTimeoutMs: (await readSettings(trx)).resetSyncTimeoutMs,
    };
  }

  async function find(from: Db, { params, viewer }: FastifyRequest<WithId>): Promise<FoundReset> {
    return found(await findDatabaseReset(from, viewer.organizations, readId(params.id) ?? 0));
  }
}
