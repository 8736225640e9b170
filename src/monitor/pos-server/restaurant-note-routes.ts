import type { FastifyInstance, FastifyReply } from "fastify";
import { findAskedPosServer, type ShownPosServer } from "../fleet/find-pos-server.ts";
import { changeRestaurantNote, findRestaurantNote } from "../fleet/restaurant-notes.ts";
import type { WithId } from "../forms/id.ts";
import { type AskedNotes, notesFormModel } from "./notes-model.ts";
import { readRestaurantNoteForm, valuesOfNote } from "./restaurant-note-form.ts";

const MAX_BYTES = 512 * 1024;

/** `/pos-servers/:id/restaurant-note`: whom to call in the restaurant, and what to know of it. */
export async function restaurantNoteRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  // A text that is far too long is told so, too, and not lost.
  const form = { ...access, bodyLimit: MAX_BYTES };

  app.get<WithId>("/pos-servers/:id/restaurant-note/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const note = await findRestaurantNote(db, posServer.id);
    const begun = { values: valuesOfNote(note), problems: {}, isChangedMeanwhile: false };
    return await ask(reply, posServer, { ...begun, note, seenAt: note?.changedAt ?? null });
  });

  app.post<WithId>("/pos-servers/:id/restaurant-note", form, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const { values, problems, ...change } = readRestaurantNoteForm(request.body);
    if (Object.keys(problems).length > 0) {
      const { seenAt } = change;
      const refused = { values, problems, seenAt, note: null, isChangedMeanwhile: false };
      return await ask(reply.code(422), posServer, refused);
    }
    const isSaved = await changeRestaurantNote(db, request.actor(), posServer, change, app.clock());
    if (isSaved) return reply.leadBackTo(`/pos-servers/${posServer.id}`);
    const note = await findRestaurantNote(db, posServer.id);
    const late = { values, problems, seenAt: note?.changedAt ?? null, note, isChangedMeanwhile: true };
    return await ask(reply.code(409), posServer, late);
  });

  async function ask(reply: FastifyReply, posServer: ShownPosServer, asked: AskedNotes) {
    const model = notesFormModel(reply.request.viewer, posServer, asked, app.clock());
    return await reply.dialogPage("pos-server/restaurant-note", model);
  }
}
