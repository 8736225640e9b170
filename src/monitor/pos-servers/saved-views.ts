import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Db } from "../database/schema.ts";
import { filterUrlOf } from "../filter/filter.ts";
import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import type { FlashKind } from "../plugins/flash.ts";
import type { Viewer } from "../viewer/viewer.ts";

const MAX_NAME_LENGTH = 60;
const MAX_VIEWS = 30;

const SavedViewsQuery = Type.Object({ list: Text });
const SavedViewForm = Type.Object({ name: Text, list: Text });

export const VIEW_SAVED: FlashKind<string> = { name: "view saved" };

export type SavedView = Awaited<ReturnType<typeof listSavedViews>>[number];

/** `/saved-views`: a user's lists by name; `?list=/pos-servers?…` is the one to save. */
export async function savedViewsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/saved-views", access, async (request, reply) => {
    const { list } = readForm(SavedViewsQuery, request.query);
    const url = list === "" ? null : filterUrlOf(list);
    const views = await listSavedViews(db, request.signedInUser().id);
    const form = { typed: { name: "" }, problems: {} };
    return await reply.page("pos-servers/saved-views", savedViewsModel(request.viewer, views, url, form));
  });

  app.post("/saved-views", access, async (request, reply) => {
    const sent = readForm(SavedViewForm, request.body);
    const name = sent.name.trim().replace(/\s+/g, " ");
    const url = filterUrlOf(sent.list);
    const userId = request.signedInUser().id;
    const problem = await saveView(db, userId, { name, url });
    if (problem === null) return reply.flash(url, VIEW_SAVED, name);
    const form = { typed: { name: sent.name }, problems: { name: `savedViews.problem.${problem}` } };
    const views = await listSavedViews(db, userId);
    reply.code(422);
    return await reply.page("pos-servers/saved-views", savedViewsModel(request.viewer, views, url, form));
  });

  app.post<WithId>("/saved-views/:id/deletion", access, async (request, reply) => {
    const { numDeletedRows } = await db
      .deleteFrom("savedView")
      .where("id", "=", readId(request.params.id) ?? 0)
      .where("userId", "=", request.signedInUser().id)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n ? reply.redirect("/saved-views", 303) : reply.callNotFound();
  });
}

export async function listSavedViews(db: Db, userId: number) {
  const views = await db
    .selectFrom("savedView")
    .select(["id", "name", "url"])
    .where("userId", "=", userId)
    .execute();
  return views.sort((one, other) => one.name.localeCompare(other.name, "ru"));
}

/** @returns the key of what is wrong; null when it is saved. */
async function saveView(db: Db, userId: number, { name, url }: { name: string; url: string }) {
  if (name === "") return "empty";
  if (name.length > MAX_NAME_LENGTH) return "long";
  return await db.transaction().execute(async (trx) => {
    const views = await listSavedViews(trx, userId);
    if (views.some((view) => view.name.toLowerCase() === name.toLowerCase())) return "taken";
    if (views.length >= MAX_VIEWS) return "tooMany";
    await trx.insertInto("savedView").values({ userId, name, url }).execute();
    return null;
  });
}

function savedViewsModel({ t }: Viewer, views: SavedView[], url: string | null, form: FilledForm) {
  const field = fieldsOf(t, { ...form, limits: { maxLength: MAX_NAME_LENGTH, max: MAX_VIEWS } });
  return {
    listUrl: url ?? "/pos-servers",
    form: url && {
      url,
      field: field("name", { label: t("savedViews.name"), isRequired: true, isFocused: true }),
    },
    views: views.map(({ id, ...view }) => ({
      ...view,
      deletionUrl: `/saved-views/${id}/deletion`,
      deletionLabel: t("savedViews.delete", { name: view.name }),
    })),
  };
}
