import type { FastifyInstance } from "fastify";
import { textFields } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { filterUrlOf } from "./filter.ts";
import { deleteView, listSavedViews, MAX_NAME_LENGTH, saveView } from "./saved-views.ts";
import { savedViewsModel, VIEW_SAVED } from "./saved-views-model.ts";

/** `/saved-views`: lists of POS servers under a name, of one's own. `?list=/pos-servers?…` is the one to save. */
export async function savedViewRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<{ Querystring: { list?: unknown } }>("/saved-views", access, async (request, reply) => {
    const { list } = request.query;
    const url = typeof list === "string" ? filterUrlOf(list) : null;
    const views = await listSavedViews(db, request.signedInUser().id);
    const form = { typed: { name: "" }, problems: {} };
    return await reply.page("pos-servers/saved-views", savedViewsModel(request.viewer, views, url, form));
  });

  app.post("/saved-views", access, async (request, reply) => {
    const sent = textFields(request.body, ["name", "list"]);
    const name = sent.name.trim().replace(/\s+/g, " ");
    const url = filterUrlOf(sent.list);
    const userId = request.signedInUser().id;
    const problem = problemOf(name) ?? (await saveView(db, userId, { name, url }));
    if (problem === null) return reply.tellOnce(url, VIEW_SAVED, name);
    const form = { typed: { name: sent.name }, problems: { name: `savedViews.problem.${problem}` } };
    const views = await listSavedViews(db, userId);
    reply.code(422);
    return await reply.page("pos-servers/saved-views", savedViewsModel(request.viewer, views, url, form));
  });

  app.post<WithId>("/saved-views/:id/deletion", access, async (request, reply) => {
    const id = readId(request.params.id);
    const isDeleted = id !== null && (await deleteView(db, request.signedInUser().id, id));
    return isDeleted ? reply.redirect("/saved-views", 303) : reply.callNotFound();
  });
}

function problemOf(name: string): "empty" | "long" | null {
  if (name === "") return "empty";
  return name.length > MAX_NAME_LENGTH ? "long" : null;
}
