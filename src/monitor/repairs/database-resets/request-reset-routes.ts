import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { aboutPosServer, recordEvent } from "../../audit-log/record-event.ts";
import { findAskedPosServer, type ShownPosServer } from "../../fleet/find-pos-server.ts";
import { isBelow } from "../../fleet/state.ts";
import { isChecked, textFields } from "../../forms/fields.ts";
import type { WithId } from "../../forms/id.ts";
import { findObstacle } from "./check-reset.ts";
import { findOpenResetOf } from "./find-database-resets.ts";
import { newResetModel, type ResetForm, type ResetRefusal } from "./new-reset-model.ts";
import { requestDatabaseReset } from "./request-database-reset.ts";

const UNTOUCHED: ResetForm = { crmId: "", fetchLogs: true, startService: true };

/** `/pos-servers/:id/database-resets`: «Сбросить БД POSа», the form and its sending. */
export async function requestResetRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const { fleet, pollNow } = app;

  app.get<WithId>("/pos-servers/:id/database-resets/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const open = await findOpenResetOf(db, posServer.id);
    if (open) return reply.redirect(`/database-resets/${open.id}`, 303);
    const obstacle = await findObstacle(db, posServer.id);
    return await show(request, reply, posServer, UNTOUCHED, obstacle && { code: obstacle });
  });

  app.post<WithId>("/pos-servers/:id/database-resets", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const typed: ResetForm = {
      crmId: textFields(request.body, ["crmId"]).crmId.trim(),
      fetchLogs: isChecked(request.body, "fetchLogs"),
      startService: isChecked(request.body, "startService"),
    };
    const checked = await check(posServer, typed, textFields(request.body, ["agent"]).agent);
    if ("refusal" in checked) {
      const { refusal } = checked;
      await recordRefusal(request, posServer, refusal);
      reply.code(refusal.code === "open" ? 409 : 422);
      // What it has answered is known by now.
      const asked = (await findAskedPosServer(db, request)) ?? posServer;
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

  /**
   * Nothing is asked of the POS server before the person has confirmed which one it is about.
   * @param shown the process whose report the form has shown.
   */
  async function check(
    posServer: ShownPosServer,
    typed: ResetForm,
    shown: string,
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
    if (shown !== "" && shown !== agent) return { refusal: { code: "other_agent" } };
    if (!outcome.ok) return await checkAbsent(posServer);
    const { posServerId, version, database } = outcome.report;
    if (isBelow(version, (await fleet.stateRules()).minimumVersion))
      return { refusal: { code: "unsupported" } };
    if (database?.exists === false) return { refusal: { code: "no_database" } };
    return { identity: posServerId, agent, isAgentAway: false };
  }

  /** What its agent has told before; the rest is asked when it is there. */
  async function checkAbsent({ id, databaseExists, agentMachine }: ShownPosServer): ReturnType<typeof check> {
    const { identity } = await db
      .selectFrom("pos_server")
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
    const refused = {
      result: "refused",
      detail: [{ key: "resetRefusal", values: { code, detail } }],
    } as const;
    const event = { action: "database_reset", ...aboutPosServer(posServer), ...refused } as const;
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
    const model = newResetModel({ viewer, posServer, typed, refusal, isSent, isCommon, isAgentAway, now });
    return await reply.dialogPage("repairs/database-resets/new", model);
  }
}
