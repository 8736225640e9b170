import type { FastifyInstance, FastifyReply } from "fastify";
import { findAskedPosServer, type ShownPosServer } from "../fleet/find-pos-server.ts";
import { queueAllIncidents } from "../fleet/queue-changes.ts";
import { changeTags, listTags, readTags } from "../fleet/tags.ts";
import type { WithId } from "../forms/id.ts";
import { readTagsForm, type TagsForm } from "./tags-form.ts";
import { tagsFormModel } from "./tags-model.ts";

/** A tick for each of some thousand tags. */
const MAX_BYTES = 512 * 1024;

/** `/pos-servers/:id/tags`: words by which a POS server is found among others. */
export async function tagsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>(
    "/pos-servers/:id/tags/new",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const ticked = (await readTags(db, [posServer.id])).get(posServer.id)?.map(({ name }) => name) ?? [];
      return await ask(reply, posServer, { ticked, more: "", problem: null });
    },
  );

  app.post<WithId>(
    "/pos-servers/:id/tags",
    { config: { access: "outlet_setup" }, bodyLimit: MAX_BYTES },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const { names, ...form } = readTagsForm(request.body);
      if (form.problem) return await ask(reply.code(422), posServer, form);
      await db.transaction().execute(async (trx) => {
        await changeTags(trx, request.actor(), posServer, names, app.clock());
        await queueAllIncidents(trx);
      });
      return reply.leadBackTo(`/pos-servers/${posServer.id}`);
    },
  );

  async function ask(reply: FastifyReply, posServer: ShownPosServer, form: Omit<TagsForm, "names">) {
    const { viewer } = reply.request;
    const known = await listTags(db, viewer.organizations);
    return await reply.dialogPage("pos-server/tags", tagsFormModel(viewer, posServer, known, form));
  }
}
