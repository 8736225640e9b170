import type { FastifyInstance } from "fastify";
import { findAskedPosServer } from "../fleet/find-pos-server.ts";
import type { WithId } from "../forms/id.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { answerInWords, askPosServer } from "../pos-servers/ask-pos-server.ts";

/** `POST /pos-servers/:id/polls`: «Проверить связь» on the page of a POS server, which tells the answer. */
export async function pollPosServerRoutes(app: FastifyInstance): Promise<void> {
  app.post<WithId>(
    "/pos-servers/:id/polls",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(app.database.db, request);
      if (!posServer) return reply.callNotFound();
      const answer = pollAnswer(await askPosServer(request, posServer));
      const closeUrl = `/pos-servers/${posServer.id}`;
      if (!request.isPartial) return reply.tellOnce(closeUrl, POLL_ANSWER, answer);
      const told = { answer: answerInWords(request.viewer, answer, app.clock()), closeUrl };
      return reply
        .type("text/html; charset=utf-8")
        .send(app.renderFragment("pos-servers/_answer", request.viewer, told));
    },
  );
}
