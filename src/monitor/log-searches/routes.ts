import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { MINUTE_MS } from "../../protocol/time-units.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { createLogRequest } from "../log-archives/create-log-request.ts";
import { DEFAULT_MEGABYTES, MEGABYTE } from "../log-archives/log-request-form.ts";
import { listLogRequests } from "../log-archives/log-requests.ts";
import { findArchiveOf } from "../log-archives/store/find-archive.ts";
import { timeInFileUrl } from "../log-viewer/archive-page.ts";
import { found } from "../plugins/found.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { freshnessModel } from "../viewer/pages.ts";
import { findLine, findResults } from "./find-results.ts";
import { formModel, openForm, readSearch, readSent } from "./search-form.ts";
import { searchModel } from "./search-model.ts";
import {
  beginSearch,
  type FoundSearch,
  findRunning,
  findSearch,
  isAsking,
  listPlaces,
  listSearches,
  stopSearch,
} from "./searches.ts";
import { longestPart } from "./sought-text.ts";

const LineForm = Type.Object({ posServer: Text });

type FoundLine = NonNullable<Awaited<ReturnType<typeof findLine>>>;

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
    const sent = readSent(request.query);
    const known = await findKnown(request, sent.posServer);
    const error = known.posServer?.syncError ?? null;
    const opened = openForm(sent, error, request.viewer.timeZone, known.now);
    return await reply.dialogPage("log-searches/new", formModel({ ...known, ...opened }));
  });

  app.post("/log-searches", ACCESS, async (request, reply) => {
    const userId = request.signedInUser().id;
    const sent = readSent(request.body);
    const known = await findKnown(request, sent.posServer);
    const { posServer, places, earlier, now, viewer } = known;
    const { wanted, ...read } = readSearch(sent, places, viewer.timeZone, now);
    const running = wanted && sent.stop === "" ? await findRunning(db, userId, now) : null;
    const isTooSoon = earlier.some(({ requestedAt }) => Math.abs(now - requestedAt) < PAUSE_MS);
    if (!wanted || running || isTooSoon) {
      const model = formModel({ ...known, ...read, running, isTooSoon });
      return await reply.code(422).dialogPage("log-searches/new", model);
    }
    const search = { ...wanted, userId, posServerId: posServer?.id ?? null };
    const id = await beginSearch(db, request.actor(), viewer.organizations, search, now);
    app.logSearchWork.look({ ...search, id, requestedAt: now, stoppedAt: null });
    return reply.leadTo(`/log-searches/${id}`);
  });

  app.get<FollowRoute>("/log-searches/:id", ACCESS, async (request, reply) => {
    const search = await findOwn(request);
    const { viewer } = request;
    const access = viewer.organizations;
    const now = app.clock();
    if (isAsking(search, now)) app.logSearchWork.look(search);
    const model = searchModel(viewer, {
      search,
      results: await findResults(db, access, search.id),
      posServer: await findPosServer(db, access, search.posServerId ?? 0),
      places: await listPlaces(db, access),
      now,
    });
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
    await stopSearch(db, request.actor(), search.id, app.clock());
    app.logSearchWork.end(search.id);
    return reply.redirect(`/log-searches/${search.id}`, 303);
  });

  async function findOwn(request: FastifyRequest<WithId>): Promise<FoundSearch> {
    const userId = request.signedInUser().id;
    return found(await findSearch(db, userId, readId(request.params.id) ?? 0, app.clock()));
  }

  /** What the form shows beside its fields. */
  async function findKnown({ viewer }: FastifyRequest, posServer: string) {
    const { organizations: access } = viewer;
    const now = app.clock();
    return {
      viewer,
      now,
      posServer: await findPosServer(db, access, readId(posServer) ?? 0),
      places: await listPlaces(db, access),
      earlier: await listSearches(db, viewer.user?.id ?? 0, SHOWN_SEARCHES, now),
    };
  }
}

/** «Лог»: the viewer at a line that was found; its log is fetched first, unless it is there. */
async function openLineRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post<WithId>("/log-searches/:id/lines", ACCESS, async (request, reply) => {
    const { line, search } = await findAsked(request, readForm(LineForm, request.body).posServer);
    const url = await findViewer(line, search.text);
    if (url) return reply.leadTo(url);
    const [fromAt, toAt] = [line.lastAt - 30 * MINUTE_MS, line.lastAt + 30 * MINUTE_MS];
    const wanted = { fromAt, toAt, maxBytes: DEFAULT_MEGABYTES * MEGABYTE };
    const { id } = await db
      .transaction()
      .execute((trx) => createLogRequest(trx, request.actor(), line, wanted, app.clock()));
    app.logRequests.wake();
    const query = new URLSearchParams({ leadsTo: `/log-searches/${search.id}/lines/${line.id}` });
    return reply.redirect(`/log-requests/${id}?${query}`, 303);
  });

  /** Where the request for its log leads to; a file that is not in what came was rotated away meanwhile, or is too large. */
  app.get<{ Params: { id: string; posServer: string } }>(
    "/log-searches/:id/lines/:posServer",
    ACCESS,
    async (request, reply) => {
      const { line, search } = await findAsked(request, request.params.posServer);
      const url = await findViewer(line, search.text);
      const [newest] = await listLogRequests(db, line.id, 1);
      return reply.redirect(url ?? (newest ? `/log-requests/${newest.id}` : `/pos-servers/${line.id}`), 303);
    },
  );

  async function findAsked(request: FastifyRequest<WithId>, posServer: string) {
    const [id, posServerId] = [readId(request.params.id) ?? 0, readId(posServer) ?? 0];
    const search = found(await findSearch(db, request.signedInUser().id, id, app.clock()));
    const line = found(await findLine(db, request.viewer.organizations, id, posServerId));
    return { search, line };
  }

  /** The address at which the viewer shows a line; null while no archive that was fetched after it has its file. */
  async function findViewer(line: FoundLine, sought: string): Promise<string | null> {
    const { id: posServerId, file, lastAt: after, lineAt, utcOffsetMinutes } = line;
    const archiveId = await findArchiveOf(db, { posServerId, file, after });
    if (archiveId === null) return null;
    const atItsClock = lineAt + (utcOffsetMinutes ?? 0) * MINUTE_MS;
    return timeInFileUrl({ id: archiveId }, file, atItsClock, longestPart(sought));
  }
}
