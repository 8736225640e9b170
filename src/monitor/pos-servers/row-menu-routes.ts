import type { FastifyInstance } from "fastify";
import { filterUrl, parseFilter, type RawQuery } from "../filter/filter.ts";
import type { WithId } from "../forms/fields.ts";
import { listActivities } from "../repairs/list-repairs.ts";
import { readAcknowledgements } from "../restaurants/acknowledgements.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { callOf, findRestaurantNote, type RestaurantNote } from "../restaurants/notes.ts";
import { usualUntil } from "../restaurants/until-choices.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { createRowModel, hasSyncError, isWatched, type PosServerRow, whereElseUrl } from "./row-model.ts";

/**
 * `/pos-servers/:id/menu`: the menu «⋯» of a row, with the query of its list. Without htmx it leads to the page of the POS
 * server, which has the same actions.
 */
export async function rowMenuRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<WithId & { Querystring: RawQuery }>("/pos-servers/:id/menu", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { viewer, query } = request;
    const { id } = posServer;
    const filter = { ...parseFilter(query).filter, openCause: null, page: 1 };
    const pageUrl = filterUrl(filter, `/pos-servers/${id}`);
    reply.header("vary", "HX-Request-Type, Cookie");
    if (!request.isPartial) return reply.redirect(pageUrl, 303);

    const now = app.clock();
    const row = createRowModel(viewer, null, now)(posServer, (await listActivities(db)).get(id));
    const isTaken = (await readAcknowledgements(db, [id], now)).has(id);
    const note = await findRestaurantNote(db, id);
    const menu = rowMenuModel(viewer, { posServer, row, isTaken, note }, now);
    const html = app.renderFragment("pos-servers/_menu", viewer, { row, pageUrl, ...menu });
    return reply.type("text/html; charset=utf-8").send(html);
  });
}

interface MenuContext {
  posServer: ShownPosServer;
  row: PosServerRow;
  isTaken: boolean;
  note: RestaurantNote | null;
}

/** Everything that can be done about a POS server. */
function rowMenuModel(viewer: Viewer, { posServer, row, isTaken, note }: MenuContext, now: number) {
  const { t, format, timeZone } = viewer;
  const { url, isParked } = row;
  const links = row.links();
  const until = usualUntil(now, timeZone);
  return {
    state: isParked ? "parked" : row.state,
    lasted: isParked ? null : format.lasted(posServer.stateSince, now).text,
    /** Takes it at once; `whoTakes` asks, since somebody has it. */
    take:
      isWatched(row) && !isTaken
        ? {
            url: `${url}/takings`,
            text: t("acknowledgement.take"),
            note: t("acknowledgement.untilByItself", { time: format.clock(until, until) }),
          }
        : null,
    whoTakes: isTaken ? { url: `${url}/takings/new`, text: t("acknowledgement.heading") } : null,
    call: callOf(viewer, note),
    poll: isWatched(row) && links.logs ? t("cause.step.check_connection") : null,
    repairs: [
      links.logs,
      hasSyncError(row) ? { url: whereElseUrl(row), text: t("logSearch.title") } : null,
      links.serviceStart ?? links.serviceRestart,
      links.reset && { ...links.reset, note: t("posServers.resetNote") },
    ].filter((link) => link !== null),
    registry: [
      { url: `${url}/tags/new`, text: t("tags.heading") },
      { url: `${url}/parking/new`, text: t(isParked ? "parking.change" : "batch.kind.park") },
    ],
    open: t("incident.toPosServer"),
  };
}
