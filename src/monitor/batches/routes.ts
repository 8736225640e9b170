import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Db } from "../database/schema.ts";
import { countPosServers } from "../filter/count-pos-servers.ts";
import { filterUrlOf, parseFilter } from "../filter/filter.ts";
import { listPlaces } from "../filter/list-pos-servers.ts";
import { findSearchedFor } from "../filter/searched-for.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { savedAs, sendZipOfArchives } from "../log-archives/send-archives.ts";
import { listFetchedArchivesOf } from "../log-archives/store/find-archive.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { listTags } from "../restaurants/tags.ts";
import { isVisibleTo } from "../viewer/access.ts";
import { freshnessModel } from "../viewer/pages.ts";
import { findNumberProblem, newBatchModel, readBatchForm, readParams, type SentBatch } from "./batch-form.ts";
import { batchesModel, batchModel } from "./batch-model.ts";
import { choosePosServers } from "./choose.ts";
import { stopBatch } from "./create-batch.ts";
import { findBatch, listBatches, listItems } from "./find-batches.ts";
import { type BatchParams, MOST_POS_SERVERS } from "./kinds.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;
/** A thousand ids of POS servers. */
const MAX_FORM_BYTES = 64 * 1024;
const SHOWN_BATCHES = 50;

/** Id of the batch before which a page of the list begins. */
const ListQuery = Type.Object({ before: Text });

interface FollowRoute extends WithId {
  Querystring: { refresh?: unknown };
}

/** `/batches`: something for many POS servers at once; `/batches/:id` follows it to its end. */
export async function batchRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/batches", ACCESS, async ({ viewer, query }, reply) => {
    const before = readId(readForm(ListQuery, query).before);
    const found = await listBatches(db, viewer, { before, limit: SHOWN_BATCHES + 1 });
    const shown = found.slice(0, SHOWN_BATCHES);
    const newestUrl = before === null ? null : "/batches";
    const olderUrl = found.length > shown.length ? `/batches?before=${shown.at(-1)?.id}` : null;
    return await reply.page("batches/list", {
      title: viewer.t("batch.listTitle"),
      batches: batchesModel(viewer, shown, app.clock()),
      pages: newestUrl || olderUrl ? { newestUrl, olderUrl } : null,
    });
  });

  app.post("/batches", { ...ACCESS, bodyLimit: MAX_FORM_BYTES }, async (request, reply) => {
    const { viewer, body } = request;
    const sent = readBatchForm(body, request.query);
    const { kind } = sent;
    if (kind === null) return reply.callNotFound();
    const now = app.clock();
    const ids = await findIds(request, sent, now);
    const isTooMuch = ids.length > MOST_POS_SERVERS;
    const { params, typed, problems } = readParams(kind, sent, body, viewer, now);
    const userId = request.signedInUser().id;
    const choice = { access: viewer.organizations, userId, kind, params };
    const chosen = isTooMuch ? [] : await choosePosServers(db, ids, choice, now);
    const begun = chosen.filter(({ leftOut }) => leftOut === null).length;
    const numberProblem = params === null ? null : findNumberProblem(kind, sent, begun);
    if (params !== null && numberProblem === null && begun > 0 && !isTooMuch) {
      const unseen = ids.length - chosen.length;
      const id = await app.beginBatch(request.actor(), { kind, params, chosen, unseen });
      return reply.redirect(`/batches/${id}`, 303);
    }
    const most = viewer.format.number(MOST_POS_SERVERS);
    const refusal = isTooMuch ? viewer.t("batch.problem.tooMany", { most }) : null;
    const shownProblems = { ...problems, ...(sent.isFilled && numberProblem && { number: numberProblem }) };
    if (sent.isFilled || refusal || begun === 0) reply.code(422);
    const tags = kind === "tag" ? await listTags(db, viewer.organizations) : [];
    const shown = { viewer, kind, sent, chosen, tags, typed, problems: shownProblems, refusal };
    return await reply.dialogPage("batches/new", {
      ...newBatchModel(shown),
      listUrl: filterUrlOf(sent.list),
    });
  });

  app.get<FollowRoute>("/batches/:id", ACCESS, async (request, reply) => {
    const model = await findModel(request);
    if (!model) return reply.callNotFound();
    const { viewer } = request;
    const tag = tagOf(viewer, model);
    const csrfToken = reply.csrfToken();
    const body = () => app.renderFragment("batches/_body", viewer, { ...model, csrfToken });
    if (request.query.refresh === "1" && request.isPartial)
      return reply.polledPart(tag, () => app.renderFragment("batches/_refreshed", viewer, { body: body() }));
    if (request.isPartial)
      return await reply.dialogPage("batches/dialog", { ...model, pollUrl: model.isOpen ? model.url : null });
    const freshness = freshnessModel(viewer, { url: `${model.url}?refresh=1`, tag, now: app.clock() });
    return await reply.page("batches/show", { ...model, freshness, body: body() });
  });

  app.post<WithId>("/batches/:id/cancellation", ACCESS, async (request, reply) => {
    const batch = await findOwn(request);
    if (!batch) return reply.callNotFound();
    await stopBatch(db, request.actor(), batch.id, app.clock());
    return reply.redirect(`/batches/${batch.id}`, 303);
  });

  app.post<WithId>("/batches/:id/repetitions", ACCESS, async (request, reply) => {
    const batch = await findOwn(request);
    if (!batch) return reply.callNotFound();
    const { viewer } = request;
    const items = await listItems(db, viewer, batch.id);
    const ids = items.filter(({ status }) => status === "failed").map(({ posServerId }) => posServerId);
    const { kind, params } = batch;
    const now = app.clock();
    const userId = request.signedInUser().id;
    const chosen = await choosePosServers(
      db,
      ids,
      { access: viewer.organizations, userId, kind, params },
      now,
    );
    if (chosen.length === 0) return reply.redirect(`/batches/${batch.id}`, 303);
    const again =
      kind === "take" ? { endsAt: Math.max((params as BatchParams["take"]).endsAt, now) } : params;
    const id = await app.beginBatch(request.actor(), { kind, params: again, chosen, unseen: 0 });
    return reply.redirect(`/batches/${id}`, 303);
  });

  const asZip = { ...ACCESS, exposeHeadRoute: false };
  app.get<WithId>("/batches/:id/archives.zip", asZip, async (request, reply) => {
    const batch = await findOwn(request);
    const items = batch?.kind === "logs" ? await listItems(db, request.viewer, batch.id) : [];
    const fetched = items.flatMap(({ status, requestId }) =>
      status === "done" && requestId ? [requestId] : [],
    );
    const archives = await listFetchedArchivesOf(db, request.viewer.organizations, fetched);
    if (!batch || archives.length === 0) return reply.callNotFound();
    const name = request.viewer.t("batch.fileName", { id: batch.id });
    const actor = { ...request.actor(), batchId: batch.id };
    return await sendZipOfArchives(request, reply, archives, savedAs(`${name}.zip`), actor);
  });

  async function findOwn({ params, viewer }: FastifyRequest<WithId>) {
    return await findBatch(db, viewer, readId(params.id) ?? 0);
  }

  async function findModel(request: FastifyRequest<FollowRoute>) {
    const batch = await findOwn(request);
    return (
      batch && batchModel(request.viewer, batch, await listItems(db, request.viewer, batch.id), app.clock())
    );
  }

  /** One more than may be is enough to know that there are too many. */
  async function findIds({ viewer }: FastifyRequest, sent: SentBatch, now: number): Promise<number[]> {
    if (sent.cause !== null) return await listOfCause(db, viewer, sent.cause);
    if (!sent.all) return sent.ids;
    const query = Object.fromEntries(new URLSearchParams(sent.list.split("?")[1] ?? ""));
    const { filter } = parseFilter(query);
    const searchedFor = await findSearchedFor(db, viewer, filter);
    const listed = { access: viewer.organizations, filter, ...searchedFor, groupedCauses: [], now };
    const places = await listPlaces(db, listed, await countPosServers(db, listed), MOST_POS_SERVERS + 1);
    return places.map(({ id }) => id);
  }
}

async function listOfCause(db: Db, viewer: FastifyRequest["viewer"], causeKey: string): Promise<number[]> {
  const rows = await db
    .selectFrom("posStatus")
    .select("posServerId")
    .where("causeKey", "=", causeKey)
    .where("standing", "=", "active")
    .where(isVisibleTo(viewer.organizations, "organizationId"))
    .orderBy("posServerId")
    .limit(MOST_POS_SERVERS + 1)
    .execute();
  return rows.map(({ posServerId }) => posServerId);
}
