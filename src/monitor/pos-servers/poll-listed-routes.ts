import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { pollAnswer } from "../polling/poll-answer.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { answerInWords, askPosServer, pollPortionOfCause } from "./ask-pos-server.ts";
import { filterUrlOf } from "./filter.ts";

const FIELDS = ["id", "cause", "after", "answered", "silent", "list"] as const;
type Sent = Record<(typeof FIELDS)[number], string>;

/**
 * `POST /pos-servers/polls`: «Проверить связь» in a row of the list, `id`, or at all with a `cause`, a portion at a time:
 * those with ids beyond `after`, with what the portions before have found. The answer is a notice on the list.
 */
export async function pollListedRoutes(app: FastifyInstance): Promise<void> {
  app.post("/pos-servers/polls", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const sent = textFields(request.body, FIELDS);
    return sent.cause ? await pollCause(request, reply, sent) : await pollOne(request, reply, sent);
  });

  async function pollOne(request: FastifyRequest, reply: FastifyReply, sent: Sent) {
    const { viewer } = request;
    const id = readId(sent.id);
    const posServer = id === null ? null : await findPosServer(app.database.db, viewer.organizations, id);
    if (!posServer) return reply.callNotFound();
    const outcome = await askPosServer(request, posServer);
    const { id: posServerId, name } = posServer;
    const answer = answerInWords(viewer, pollAnswer(outcome), app.clock());
    return show(request, reply, sent, "pos-servers/_answer", {
      url: `/pos-servers/${posServerId}`,
      name,
      answer,
    });
  }

  async function pollCause(request: FastifyRequest, reply: FastifyReply, sent: Sent) {
    const portion = await pollPortionOfCause(request, sent.cause, readId(sent.after) ?? 0);
    const answered = (readId(sent.answered) ?? 0) + portion.answered;
    const silent = (readId(sent.silent) ?? 0) + portion.silent;
    return show(request, reply, sent, "pos-servers/_answers", { ...portion, answered, silent });
  }

  function show(request: FastifyRequest, reply: FastifyReply, sent: Sent, template: string, data: object) {
    const listUrl = filterUrlOf(sent.list);
    if (!request.isPartial) return reply.redirect(listUrl, 303);
    const html = app.renderFragment(template, request.viewer, { ...data, closeUrl: listUrl });
    return reply.type("text/html; charset=utf-8").send(html);
  }
}
