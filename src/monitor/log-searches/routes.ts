import type { FastifyInstance, FastifyRequest } from "fastify";
import { listOrganizations } from "../fleet/summary.ts";
import { readId, type WithId } from "../forms/id.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { freshnessModel } from "../pos-servers/freshness-model.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { listTags } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { findResults } from "./find-results.ts";
import { openLineRoutes } from "./open-line-routes.ts";
import { formModel, openForm, readSearch, readSent } from "./search-form.ts";
import { searchModel } from "./search-model.ts";
import {
  beginSearch,
  type FoundSearch,
  findRunning,
  findSearch,
  isAsking,
  listSearches,
  readPlace,
  stopSearch,
} from "./searches.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;
const SHOWN_SEARCHES = 5;
/** Between two searches of one person. */
const PAUSE_MS = 2_000;

interface FollowRoute extends WithId {
  Querystring: { refresh?: unknown };
}

/** `/log-searches`: «Где ещё?», a text in the logs of many POS servers; `/log-searches/:id` follows it. */
export async function logSearchRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  await openLineRoutes(app);

  app.get("/log-searches/new", ACCESS, async (request, reply) => {
    const { viewer } = request;
    const sent = readSent(request.query);
    const choices = await findChoices(request, sent.posServerId);
    const opened = openForm(sent, choices.posServer?.syncError ?? null, viewer.timeZone, app.clock());
    return await reply.dialogPage("log-searches/new", formModel({ ...choices, ...opened }));
  });

  app.post("/log-searches", ACCESS, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const userId = request.signedInUser().id;
    const sent = readSent(request.body);
    const choices = await findChoices(request, sent.posServerId);
    const { values, problems, wanted } = readSearch(sent, choices, viewer.timeZone, now);
    const running = wanted && !sent.isToStop ? await findRunning(db, userId, now) : null;
    const [newest] = choices.earlier;
    const isTooSoon =
      newest !== undefined && now - newest.requestedAt < PAUSE_MS && now >= newest.requestedAt;
    if (!wanted || running || isTooSoon) {
      const model = formModel({ ...choices, values, problems, running, isTooSoon });
      return await reply.code(422).dialogPage("log-searches/new", model);
    }
    const posServerId = choices.posServer?.id ?? null;
    const actor = { ...request.actor(), userId };
    const id = await beginSearch(db, actor, viewer.organizations, { ...wanted, posServerId }, now);
    const search = await findSearch(db, userId, id, now);
    if (search) app.logSearchWork.look(search);
    return reply.leadTo(`/log-searches/${id}`);
  });

  app.get<FollowRoute>("/log-searches/:id", ACCESS, async (request, reply) => {
    const search = await findOwn(request);
    if (!search) return reply.callNotFound();
    const { viewer } = request;
    const now = app.clock();
    if (isAsking(search, now)) app.logSearchWork.look(search);
    const access = viewer.organizations;
    const results = await findResults(db, access, search.id);
    const posServer =
      search.posServerId === null ? null : await findPosServer(db, access, search.posServerId);
    const place = await placeInWords(viewer, search);
    const model = searchModel(viewer, { search, results, posServer, place, now });
    const tag = tagOf(viewer, model);
    const csrfToken = reply.csrfToken();
    const body = () => app.renderFragment("log-searches/_body", viewer, { ...model, csrfToken });
    if (request.query.refresh === "1" && request.isPartial)
      return reply.polledPart(tag, () =>
        app.renderFragment("log-searches/_refreshed", viewer, { body: body(), isOpen: model.isOpen }),
      );
    const freshness = freshnessModel(viewer, { url: `${model.url}?refresh=1`, tag, now });
    return await reply.page("log-searches/show", { ...model, freshness, body: body() });
  });

  app.post<WithId>("/log-searches/:id/cancellation", ACCESS, async (request, reply) => {
    const search = await findOwn(request);
    if (!search) return reply.callNotFound();
    await stopSearch(db, request.actor(), search.id, app.clock());
    app.logSearchWork.end(search.id);
    return reply.redirect(`/log-searches/${search.id}`, 303);
  });

  async function findOwn(request: FastifyRequest<WithId>): Promise<FoundSearch | null> {
    const id = readId(request.params.id);
    return id === null ? null : await findSearch(db, request.signedInUser().id, id, app.clock());
  }

  async function findChoices(request: FastifyRequest, posServerId: number | null) {
    const { viewer } = request;
    const access = viewer.organizations;
    const now = app.clock();
    return {
      viewer,
      now,
      posServer: posServerId === null ? null : await findPosServer(db, access, posServerId),
      organizations: await listOrganizations(db, access),
      tags: await listTags(db, access),
      earlier: await listSearches(db, request.signedInUser().id, SHOWN_SEARCHES, now),
    };
  }

  async function placeInWords({ t, organizations: access }: Viewer, search: FoundSearch) {
    const place = readPlace(search.place);
    if (place === null) return null;
    const known = place.kind === "tag" ? await listTags(db, access) : await listOrganizations(db, access);
    const name = known.find(({ id }) => id === place.id)?.name ?? "—";
    return place.kind === "tag" ? t("logSearch.place.tag", { name }) : name;
  }
}
