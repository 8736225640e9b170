import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findAskedPosServer, type ShownPosServer } from "../fleet/find-pos-server.ts";
import { endOwnTaking, takePosServer } from "../fleet/take-pos-server.ts";
import { findTakings } from "../fleet/takings.ts";
import type { WithId } from "../forms/id.ts";
import { readTakingForm, type TakingForm, valuesOfTaking } from "./taking-form.ts";
import { type AskedTaking, takingFormModel } from "./taking-form-model.ts";

/** `/pos-servers/:id/takings`: «Занимаюсь», also instead of somebody else; `/end`: «Закончить». */
export async function takePosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>(
    "/pos-servers/:id/takings/new",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const { current } = await findTakings(db, posServer.id, app.clock());
      const own = current?.userId === request.signedInUser().id ? current : null;
      return await ask(reply, posServer, { values: valuesOfTaking(own), problems: {} });
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/takings",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      return await take(request, reply, posServer);
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/takings/end",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      await endOwnTaking(db, request.actor(), posServer, app.clock());
      return reply.leadBackTo(`/pos-servers/${posServer.id}`);
    },
  );

  async function take(request: FastifyRequest, reply: FastifyReply, posServer: ShownPosServer) {
    const now = app.clock();
    const form = readTakingForm(request.body, now);
    if (form.terms === null) return await ask(reply.code(422), posServer, form);
    const outcome = await takePosServer(db, request.actor(), posServer, form.terms, now);
    if (outcome !== "done") {
      return await ask(reply.code(409), posServer, { ...form, refusal: `taking.problem.${outcome}` });
    }
    return reply.leadBackTo(`/pos-servers/${posServer.id}`);
  }

  async function ask(
    reply: FastifyReply,
    posServer: ShownPosServer,
    form: Pick<TakingForm, "values" | "problems"> & Pick<AskedTaking, "refusal">,
  ) {
    const now = app.clock();
    const { current } = await findTakings(db, posServer.id, now);
    const model = takingFormModel(reply.request.viewer, posServer, { current, ...form }, now);
    return await reply.dialogPage("pos-server/taking", model);
  }
}
