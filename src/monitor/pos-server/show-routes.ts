import type { FastifyInstance } from "fastify";
import { filterUrl, parseFilter, type RawQuery } from "../filter/filter.ts";
import { readId, type WithId } from "../forms/fields.ts";
import { TAUGHT, taughtInWords } from "../log-patterns/teaching/taught-notice.ts";
import { shownPage, tagOf } from "../plugins/hypermedia.ts";
import { answerInWords, MOVED, POLL_ANSWER } from "../polling/ask-pos-server.ts";
import { healthInWords, readHealth } from "../pos-servers/health.ts";
import { findAskedPosServer } from "../restaurants/find-pos-server.ts";
import { freshnessModel } from "../viewer/pages.ts";
import { findKnown } from "./find-known.ts";
import { HISTORY_STEP, MOST_HISTORY, posServerModel } from "./page-model.ts";
import { findWalk, walkModel } from "./walk.ts";

/** The bars always move; they are redrawn this often, and whenever anything else changes. */
const BARS_MS = 5 * 60_000;

/** `/pos-servers/:id`: one POS server, and the parts of its page that refresh themselves. */
export async function showPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<WithId & { Querystring: RawQuery }>("/pos-servers/:id", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { viewer } = request;
    const { t } = viewer;
    const now = app.clock();
    const filter = { ...parseFilter(request.query).filter, openCause: null, page: 1 };
    const shownLines = readShownLines(request.query);
    const known = await findKnown(request, posServer, shownLines, now);
    const trouble = healthInWords(viewer, readHealth(app, now), now);
    const model = { trouble, ...posServerModel(known, { viewer, filter, shownLines, now }) };
    const { availability: _moving, ...still } = model;
    const tag = tagOf(viewer, [still, Math.floor(now / BARS_MS)]);
    const csrfToken = reply.csrfToken();
    const part = (name: string) => app.renderFragment(`pos-server/${name}`, viewer, { ...model, csrfToken });
    if (request.isPartial) return reply.polledPart(tag, () => part("_refreshed"));

    const walk = await findWalk(db, viewer, filter, posServer, now);
    const moved = request.flashed(MOVED);
    const answer = moved?.answer ?? request.flashed(POLL_ANSWER);
    const taught = request.flashed(TAUGHT);
    return await reply.page("pos-server/page", {
      title: posServer.name,
      row: model.row,
      card: model.card,
      listUrl: filterUrl(filter),
      walk: walk && walkModel(viewer, filter, walk),
      taught: taught && taughtInWords(viewer, taught, now),
      moved: moved && {
        isOk: true,
        text: t("posServer.moving.done", { organization: moved.organization }),
        detail: "",
      },
      answer: answer && answerInWords(viewer, answer, now),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
      heading: part("_heading"),
      body: part("_body"),
    });
  });

  /** From a repair that is over to the next problem of the list that the browser came from, or to that list. */
  app.get<WithId>("/pos-servers/:id/next-problem", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const shown = shownPage(request);
    const query = shown?.pathname.startsWith("/pos-servers") ? shown.searchParams : [];
    const filter = { ...parseFilter(Object.fromEntries(query)).filter, openCause: null, page: 1 };
    const { viewer } = request;
    const walk = await findWalk(db, viewer, filter, posServer, app.clock());
    const nextId = walk?.nextId ?? walk?.firstId ?? posServer.id;
    return reply.redirect(
      filterUrl(filter, nextId === posServer.id ? "/pos-servers" : `/pos-servers/${nextId}`),
      303,
    );
  });
}

function readShownLines({ history }: RawQuery): number {
  const asked = typeof history === "string" ? readId(history) : null;
  return asked === null ? HISTORY_STEP : Math.min(asked, MOST_HISTORY);
}
