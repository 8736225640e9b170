import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { KnownAcknowledgements } from "../acknowledgements/acknowledgement-model.ts";
import { findOpenIncidentId } from "../fleet/incidents/find-incidents.ts";
import { findHoursOfPosServer } from "../fleet/opening-hours/opening-hours.ts";
import { listPosChecks } from "../fleet/pos-checks.ts";
import { readId, type WithId } from "../forms/id.ts";
import { readSettings } from "../installation/settings.ts";
import { listLogRequests } from "../log-archives/log-requests.ts";
import { requestAsAction } from "../log-archives/request-in-words.ts";
import { findDelivery } from "../log-patterns/sending/delivery-in-words.ts";
import { TAUGHT, taughtInWords } from "../log-patterns/teaching/taught-notice.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { MOVED, POLL_ANSWER } from "../polling/poll-answer.ts";
import { answerInWords } from "../pos-servers/ask-pos-server.ts";
import { filterUrl, type PosServerFilter, parseFilter, type RawQuery } from "../pos-servers/filter.ts";
import { freshnessModel } from "../pos-servers/freshness-model.ts";
import { healthInWords, readHealth } from "../pos-servers/health.ts";
import { withoutAge } from "../pos-servers/shown-listings.ts";
import { listDatabaseResets, resetAsAction } from "../repairs/database-resets/list-database-resets.ts";
import { listActivities } from "../repairs/list-activities.ts";
import { listServiceStarts, startAsAction } from "../repairs/service-starts/list-service-starts.ts";
import { recentActions, SHOWN_ACTIONS } from "../requests/recent-actions.ts";
import {
  findAcknowledgements,
  listAcknowledgements,
  readAcknowledgements,
} from "../restaurants/acknowledgements.ts";
import { findAskedPosServer, listStateChanges, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { findRestaurantNote } from "../restaurants/notes.ts";
import { findParking } from "../restaurants/park-pos-server.ts";
import { readTags } from "../restaurants/tags.ts";
import { countSharing } from "./count-sharing.ts";
import { HISTORY_STEP, type KnownPosServer, MOST_HISTORY, posServerModel } from "./page-model.ts";
import { readAvailability } from "./read-availability.ts";
import { findWalk, walkModel } from "./walk.ts";

/** The bars move all the time: they are drawn anew so often, and whenever anything else changes. */
const BARS_MS = 5 * 60_000;

/** `/pos-servers/:id`: one POS server, and the parts of its page that refresh themselves. */
export async function showPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId & { Querystring: RawQuery }>(
    "/pos-servers/:id",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const { viewer } = request;
      const now = app.clock();
      const filter = { ...parseFilter(request.query).filter, openCause: null, page: 1 };
      const shownLines = readShownLines(request.query);
      const known = await findKnown(request, posServer, shownLines, now);
      const trouble = healthInWords(viewer, readHealth(app, now), now);
      const model = { trouble, ...posServerModel(known, { viewer, filter, shownLines, now }) };
      const { availability: _moving, ...still } = model;
      const tag = tagOf(viewer, [still, Math.floor(now / BARS_MS)], withoutAge);
      const csrfToken = reply.csrfToken();
      const part = (name: string) =>
        app.renderFragment(`pos-server/${name}`, viewer, { ...model, csrfToken });
      if (request.isPartial) {
        return reply.polledPart(tag, () => part("_refreshed"));
      }
      return await showPage(request, reply, { posServer, filter, tag, now, part, model });
    },
  );

  async function showPage(
    request: FastifyRequest,
    reply: FastifyReply,
    page: {
      posServer: ShownPosServer;
      filter: PosServerFilter;
      tag: string;
      now: number;
      part: (name: string) => string;
      model: Pick<ReturnType<typeof posServerModel>, "row" | "card">;
    },
  ) {
    const { posServer, filter, tag, now, part, model } = page;
    const { viewer } = request;
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
        text: viewer.t("posServer.moving.done", { organization: moved.organization }),
        detail: "",
      },
      answer: answer && answerInWords(viewer, answer, now),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
      heading: part("_heading"),
      body: part("_body"),
    });
  }

  async function findKnown(
    request: FastifyRequest,
    posServer: ShownPosServer,
    shownLines: number,
    now: number,
  ): Promise<KnownPosServer> {
    const { viewer } = request;
    const { id } = posServer;
    const resets = await listDatabaseResets(db, id, SHOWN_ACTIONS);
    const starts = await listServiceStarts(db, id, SHOWN_ACTIONS);
    const logRequests = await listLogRequests(db, id, SHOWN_ACTIONS);
    const activity = (await listActivities(db)).get(id);
    const rules = await app.fleet.stateRules();
    const settings = await readSettings(db);
    return {
      posServer,
      changes: await listStateChanges(db, id, shownLines + 1),
      pastAcknowledgements: await listAcknowledgements(db, { kind: "posServer", id }, shownLines + 1),
      logs: logRequests.map((logRequest) => requestAsAction(logRequest, viewer, now)),
      repairs: recentActions(
        resets.map((reset) => {
          const isOpen = activity?.kind === "reset" && activity.id === reset.id;
          return resetAsAction(reset, viewer, now, isOpen ? activity.awaitedUntil : null);
        }),
        starts.map((start) => startAsAction(start, viewer, now)),
      ),
      activity,
      availability: await readAvailability(db, viewer.timeZone, posServer, now),
      rules,
      parking: await findParking(db, id),
      acknowledgements: await findAllAcknowledgements(id, now),
      delivery: await findDelivery(db, id),
      note: await findRestaurantNote(db, id),
      tags: (await readTags(db, [id])).get(id) ?? [],
      openingHours: await findHoursOfPosServer(db, posServer),
      polling: {
        intervalMs: posServer.pollIntervalMs ?? settings.pollIntervalMs,
        nextPollAt: app.poller.nextPollAt(id),
        agent: app.posClient.agents.find(id),
      },
      checks: await listPosChecks(db, id),
      paymentStopsAfterMs: settings.paymentStopsAfterMs,
      openIncidentId: await findOpenIncidentId(db, id),
      sharedBy: await countSharing(db, viewer.organizations, posServer, await app.fleet.commonFailures()),
    };
  }

  async function findAllAcknowledgements(id: number, now: number): Promise<KnownAcknowledgements> {
    const own = await findAcknowledgements(db, { kind: "posServer", id }, now);
    const ofIncident = own.current ? null : ((await readAcknowledgements(db, [id], now)).get(id) ?? null);
    return { ...own, ofIncident };
  }
}

function readShownLines({ history }: RawQuery): number {
  const asked = typeof history === "string" ? readId(history) : null;
  return asked === null ? HISTORY_STEP : Math.min(asked, MOST_HISTORY);
}
