import type { FastifyInstance, FastifyReply } from "fastify";
import { type StaticDecode, Type } from "typebox";
import { readForm, Text } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { pollAnswer } from "../polling/poll-answer.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { answerInWords, askPosServer, pollPortionOfCause } from "./ask-pos-server.ts";
import { filterUrlOf } from "./filter.ts";

const PollForm = Type.Object({
  id: Text,
  cause: Text,
  after: Text,
  answered: Text,
  silent: Text,
  list: Text,
});
type SentPoll = StaticDecode<typeof PollForm>;

/**
 * `POST /pos-servers/polls`: «Проверить связь» for one row (`id`), or for all with a `cause`: a portion per request, of
 * ids after `after`, with the counts so far. The answer is a notice on the list.
 */
export async function pollListedRoutes(app: FastifyInstance): Promise<void> {
  app.post("/pos-servers/polls", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const sent = readForm(PollForm, request.body);
    return sent.cause ? await pollCause(reply, sent) : await pollOne(reply, sent);
  });

  async function pollOne(reply: FastifyReply, sent: SentPoll) {
    const { request } = reply;
    const { viewer } = request;
    const id = readId(sent.id);
    const posServer = id === null ? null : await findPosServer(app.database.db, viewer.organizations, id);
    if (!posServer) return reply.callNotFound();
    const outcome = await askPosServer(request, posServer);
    const answer = answerInWords(viewer, pollAnswer(outcome), app.clock());
    const { name } = posServer;
    return show(reply, sent, "pos-servers/_answer", { url: `/pos-servers/${posServer.id}`, name, answer });
  }

  async function pollCause(reply: FastifyReply, sent: SentPoll) {
    const portion = await pollPortionOfCause(reply.request, sent.cause, readId(sent.after) ?? 0);
    const answered = (readId(sent.answered) ?? 0) + portion.answered;
    const silent = (readId(sent.silent) ?? 0) + portion.silent;
    return show(reply, sent, "pos-servers/_answers", { ...portion, answered, silent });
  }

  function show(reply: FastifyReply, { list }: SentPoll, template: string, data: object) {
    const { isPartial, viewer } = reply.request;
    const listUrl = filterUrlOf(list);
    if (!isPartial) return reply.redirect(listUrl, 303);
    const html = app.renderFragment(template, viewer, { ...data, closeUrl: listUrl });
    return reply.type("text/html; charset=utf-8").send(html);
  }
}
