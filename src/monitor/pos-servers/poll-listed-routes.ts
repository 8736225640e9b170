import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { filterUrlOf } from "../filter/filter.ts";
import { readForm, Text } from "../forms/fields.ts";
import { answerInWords, askPosServer, pollAnswer } from "../polling/ask-pos-server.ts";
import { findAskedPosServer } from "../restaurants/find-pos-server.ts";

const PollForm = Type.Object({ id: Text, list: Text });

/** `POST /pos-servers/polls`: «Проверить связь» for one row (`id`). The answer is a notice on the list. */
export async function pollListedRoutes(app: FastifyInstance): Promise<void> {
  app.post("/pos-servers/polls", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const { viewer } = request;
    const sent = readForm(PollForm, request.body);
    const posServer = await findAskedPosServer(app.database.db, { params: sent, viewer });
    const outcome = await askPosServer(app, request.actor(), posServer);
    const closeUrl = filterUrlOf(sent.list);
    if (!request.isPartial) return reply.redirect(closeUrl, 303);
    const answer = answerInWords(viewer, pollAnswer(outcome), app.clock());
    const { name } = posServer;
    const data = { url: `/pos-servers/${posServer.id}`, name, answer, closeUrl };
    const html = app.renderFragment("pos-servers/_answer", viewer, data);
    return reply.type("text/html; charset=utf-8").send(html);
  });
}
