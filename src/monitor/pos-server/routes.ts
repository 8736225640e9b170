import type { FastifyInstance, FastifyReply } from "fastify";
import { addAcknowledgementRoutes } from "../acknowledgements/acknowledgement-routes.ts";
import type { WithId } from "../forms/fields.ts";
import { answerInWords, askPosServer, POLL_ANSWER, pollAnswer } from "../polling/ask-pos-server.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { changeRestaurantNote, findRestaurantNote } from "../restaurants/notes.ts";
import { queueAllIncidents } from "../restaurants/queue-changes.ts";
import { changeTags, listTags, readTags } from "../restaurants/tags.ts";
import { type AskedNotes, beginNotes, notesFormModel, readNoteForm } from "./restaurant-note.ts";
import { showPosServerRoutes } from "./show-routes.ts";
import { type FilledTagsForm, readTagsForm, tagsFormModel } from "./tags.ts";

/** Enough for ticks of some thousand tags, and for a far too long note, which is shown again. */
const MAX_BYTES = 512 * 1024;

/** The page of one POS server, and what is done from it. */
export async function posServerPageRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const form = { ...access, bodyLimit: MAX_BYTES };
  await showPosServerRoutes(app);

  app.post<WithId>("/pos-servers/:id/polls", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const answer = pollAnswer(await askPosServer(app, request.actor(), posServer));
    const closeUrl = `/pos-servers/${posServer.id}`;
    if (!request.isPartial) return reply.flash(closeUrl, POLL_ANSWER, answer);
    const model = { answer: answerInWords(request.viewer, answer, app.clock()), closeUrl };
    return reply
      .type("text/html; charset=utf-8")
      .send(app.renderFragment("pos-servers/_answer", request.viewer, model));
  });

  addAcknowledgementRoutes(app, "/pos-servers", async (request) => {
    const posServer = await findAskedPosServer(db, request);
    const { id, name, organizationId, organizationName, crmId } = posServer;
    return {
      kind: "posServer",
      id,
      name,
      organizationId,
      section: "pos-servers",
      title: name,
      subtitle: `${organizationName} · ${request.viewer.t("posServers.crmId", { crmId })}`,
      url: `/pos-servers/${id}`,
      isOver: false,
    };
  });

  app.get<WithId>("/pos-servers/:id/restaurant-note/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    return await askNote(reply, posServer, beginNotes(await findRestaurantNote(db, posServer.id)));
  });

  app.post<WithId>("/pos-servers/:id/restaurant-note", form, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { values, problems, ...change } = readNoteForm(request.body);
    if (Object.keys(problems).length > 0) {
      const { seenAt } = change;
      const refused = { values, problems, seenAt, note: null, isChangedMeanwhile: false };
      return await askNote(reply.code(422), posServer, refused);
    }
    const isSaved = await changeRestaurantNote(db, request.actor(), posServer, change, app.clock());
    if (isSaved) return reply.leadBackTo(`/pos-servers/${posServer.id}`);
    const begun = beginNotes(await findRestaurantNote(db, posServer.id));
    return await askNote(reply.code(409), posServer, { ...begun, values, isChangedMeanwhile: true });
  });

  app.get<WithId>("/pos-servers/:id/tags/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const ticked = (await readTags(db, [posServer.id])).get(posServer.id)?.map(({ name }) => name) ?? [];
    return await askTags(reply, posServer, { ticked, more: "", problem: null });
  });

  app.post<WithId>("/pos-servers/:id/tags", form, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { names, ...sent } = readTagsForm(request.body);
    if (sent.problem) return await askTags(reply.code(422), posServer, sent);
    await db.transaction().execute(async (trx) => {
      await changeTags(trx, request.actor(), posServer, names, app.clock());
      await queueAllIncidents(trx);
    });
    return reply.leadBackTo(`/pos-servers/${posServer.id}`);
  });

  async function askNote(reply: FastifyReply, posServer: ShownPosServer, asked: AskedNotes) {
    const model = notesFormModel(reply.request.viewer, posServer, asked, app.clock());
    return await reply.dialogPage("pos-server/restaurant-note", model);
  }

  async function askTags(reply: FastifyReply, posServer: ShownPosServer, form: FilledTagsForm) {
    const { viewer } = reply.request;
    const known = await listTags(db, viewer.organizations);
    return await reply.dialogPage("pos-server/tags", tagsFormModel(viewer, posServer, known, form));
  }
}
