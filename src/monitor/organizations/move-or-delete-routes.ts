import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { describeChanges } from "../audit-log/detail.ts";
import { recordEvent, recordEvents } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { MOVED, pollAnswer } from "../polling/ask-pos-server.ts";
import { readName } from "../registry/names.ts";
import {
  deletePosServer,
  findRegisteredPosServer,
  isNameTaken,
  movePosServer,
  type RegisteredPosServer,
} from "../registry/pos-servers.ts";
import { posServerEvent } from "../registry/registry.ts";
import { hasOpenRequest } from "../requests/claims.ts";
import { endAcknowledgementsWithoutRight } from "../restaurants/end-acknowledgements.ts";
import { findReportedOrganization } from "../restaurants/find-pos-server.ts";
import { deletionModel, movingModel, type ReportedOrganization } from "./pos-server-form-model.ts";

const MoveForm = Type.Object({ organization: Text });
const DeletionForm = Type.Object({ name: Text });

/** `problem`: why the move was not done, a key of the catalogs. */
interface Question {
  posServer: RegisteredPosServer;
  reported: ReportedOrganization;
  problem: string | null;
}

/** POS servers that leave their organization: moved, with their history, to the one whose CrmId they report, or deleted. */
export async function moveOrDeleteRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const find = async (id: string) => found(await findRegisteredPosServer(db, app.secretBox, id));

  app.get<WithId>("/pos-servers/:id/moves/new", access, async (request, reply) => {
    const question = await findQuestion(db, request.params.id);
    return question === null ? leave(reply) : await ask(reply, question);
  });

  app.post<WithId>("/pos-servers/:id/moves", access, async (request, reply) => {
    const { organization } = readForm(MoveForm, request.body);
    const outcome = await db.transaction().execute(async (trx) => {
      const question = await findQuestion(trx, request.params.id);
      if (question === null) return null;
      const { posServer, reported } = question;
      const problem = await findProblem(trx, question, readId(organization));
      if (problem !== null) return { ...question, problem };
      const now = app.clock();
      await movePosServer(trx, posServer, reported, now);
      await endAcknowledgementsWithoutRight(trx, now);
      await recordEvents(trx, request.actor(), eventsOf(question), now);
      return { movedTo: reported.name };
    });
    if (outcome === null) return leave(reply);
    if ("problem" in outcome) return await ask(reply.code(409), outcome);
    const polled = await app.pollNow(readId(request.params.id) ?? 0, { isChanged: true });
    const moved = { organization: outcome.movedTo, answer: pollAnswer(polled) };
    return reply.flash(`/pos-servers/${request.params.id}`, MOVED, moved);
  });

  app.get<WithId>("/pos-servers/:id/deletion/new", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    return await show(reply, posServer, "");
  });

  app.post<WithId>("/pos-servers/:id/deletion", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    const { id, name, organizationId } = posServer;
    const { name: typed } = readForm(DeletionForm, request.body);
    if (readName(typed) !== name) {
      reply.code(422);
      return await show(reply, posServer, typed, { name: "posServer.problem.nameDiffers" });
    }
    const isDeleted = await db.transaction().execute(async (trx) => {
      if (await hasOpenRequest(trx, "posServer.id", id)) return false;
      const now = app.clock();
      await deletePosServer(trx, posServer, now);
      const { address } = posServer.connection;
      const event = posServerEvent("pos_server_delete", { name, organizationId, address }, id);
      await recordEvent(trx, request.actor(), event, now);
      return true;
    });
    if (!isDeleted) {
      reply.code(409);
      return await show(reply, posServer, typed, { form: "posServer.problem.underWay" });
    }
    return reply.redirect(`/organizations/${organizationId}`, 303);
  });

  /** null when it reports no other organization. */
  async function findQuestion(db: Db, id: string): Promise<Question | null> {
    const posServer = found(await findRegisteredPosServer(db, app.secretBox, id));
    const reported = await findReportedOrganization(db, posServer.id);
    return reported && { posServer, reported, problem: null };
  }

  async function show(
    reply: FastifyReply,
    posServer: RegisteredPosServer,
    typed: string,
    problems: { name?: string; form?: string } = {},
  ) {
    const model = deletionModel(reply.request.viewer, posServer, typed, problems);
    return await reply.page("organizations/delete-pos-server", model);
  }
}

/** @param asked the organization named in the confirmation; the POS server may report another one by now. */
async function findProblem(
  trx: Db,
  { posServer: { id, name }, reported }: Question,
  asked: number | null,
): Promise<string | null> {
  if (asked !== reported.id) return "posServer.moving.changed";
  if (await hasOpenRequest(trx, "posServer.id", id)) return "posServer.moving.underWay";
  if (await isNameTaken(trx, reported.id, name, id)) return "posServer.moving.nameTaken";
  return null;
}

/** An event for each organization, by CrmId: who may see one organization may not know the name of the other. */
function eventsOf({ posServer: { id, name, organizationId, crmId }, reported }: Question) {
  const detail = describeChanges({ crmId: [crmId, reported.crmId] });
  const moved = { action: "pos_server_move", subject: name, posServerId: id, detail } as const;
  return [organizationId, reported.id].map((organization) => ({ ...moved, organizationId: organization }));
}

async function ask(reply: FastifyReply, { posServer, reported, problem }: Question) {
  const model = movingModel(reply.request.viewer, posServer, reported, problem);
  return await reply.dialogPage("forms/confirmation", { ...model, section: "pos-servers" });
}

function leave(reply: FastifyReply) {
  const { id } = reply.request.params as WithId["Params"];
  return reply.leadTo(`/pos-servers/${id}`);
}
