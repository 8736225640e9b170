import type { FastifyInstance } from "fastify";
import { sendExport } from "../excel/send-export.ts";
import { textFields } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { isFirstStart } from "../installation/first-start.ts";
import { countAwaitedEnrolments } from "../restaurants/awaited-enrolments.ts";
import type { PosServerExportQuery } from "./export.ts";
import { filterUrl, filterUrlOf, parseFilter, type RawQuery } from "./filter.ts";
import { createOrganizationOptions, createTagOptions, optionsModel } from "./filter-options.ts";
import { fineModel } from "./groups-model.ts";
import { headlineModel, MOST_IN_ICON } from "./headline-model.ts";
import { readHealth } from "./health.ts";
import { findListing } from "./listing.ts";
import { aboveFilterModel, belowFilterModel } from "./listing-model.ts";
import { pageModel } from "./page-model.ts";
import { deleteView, listSavedViews, MAX_NAME_LENGTH, saveView } from "./saved-views.ts";
import { savedViewsModel, VIEW_SAVED } from "./saved-views-model.ts";
import { createShownListings } from "./shown-listings.ts";

const MODULE = new URL("./export.ts", import.meta.url);

/**
 * `/pos-servers`: the status page, the part of it that refreshes itself, its icon in the tab, all of it as Excel, and
 * `/saved-views`, lists under a name, of one's own: `?list=/pos-servers?…` is the one to save.
 */
export async function listPosServersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const showListing = createShownListings({
    database: app.database,
    clock: app.clock,
    find: async (viewer, filter, now) => ({
      ...(await findListing(db, app.fleet, viewer, filter, now)),
      health: readHealth(app, now),
      awaitedAgents: viewer.user?.isAdministrator ? await countAwaitedEnrolments(db) : 0,
    }),
    render: (viewer, filter, listing, now) => {
      const headline = headlineModel(viewer, listing);
      const above = aboveFilterModel(viewer, filter, listing, now);
      const below = belowFilterModel(viewer, filter, listing, now);
      return {
        fineCount: fineModel(viewer, filter, listing.segments)?.count ?? null,
        headline: app.renderFragment("pos-servers/_headline", viewer, headline),
        aboveFilter: app.renderFragment("pos-servers/_above-filter", viewer, above),
        belowFilter: app.renderFragment("pos-servers/_below-filter", viewer, below),
      };
    },
  });
  const organizationOptions = createOrganizationOptions(app.database, app.clock, (viewer, organizations) =>
    app.renderFragment("pos-servers/_organization-options", viewer, optionsModel(viewer, organizations)),
  );
  const tagOptions = createTagOptions(app.database, app.clock);

  app.get("/", { config: { access: "public" } }, async (_request, reply) => reply.redirect("/pos-servers"));

  app.get<{ Querystring: RawQuery }>("/pos-servers", access, async (request, reply) => {
    const { viewer } = request;
    if (viewer.user?.isAdministrator && !request.isPartial && isWithoutQuery(request.query)) {
      if (await isFirstStart(db)) return reply.redirect("/first-start");
    }
    const { filter, problems } = parseFilter(request.query);
    const shown = await showListing(viewer, filter);
    if (request.isPartial) {
      return reply.polledPart(shown.tag, () =>
        app.renderFragment("pos-servers/_refreshed", viewer, shown.parts()),
      );
    }

    const options = await organizationOptions(viewer);
    const tags = await tagOptions(viewer);
    const savedViews = await listSavedViews(db, request.signedInUser().id);
    const savedView = request.flashed(VIEW_SAVED);
    const key = JSON.stringify([viewer.user?.id, request.url, savedView]);
    return await reply.keptPage(shown, key, "pos-servers/page", () =>
      pageModel({
        viewer,
        filter,
        problems,
        query: request.query,
        options,
        tags,
        savedViews,
        savedView,
        shown,
        now: app.clock(),
      }),
    );
  });

  app.get<{ Querystring: { problems?: unknown } }>(
    "/pos-servers/icon.svg",
    access,
    async (request, reply) => {
      const isUnknown = request.query.problems === "unknown";
      const problems = Number(request.query.problems);
      const isCount = Number.isSafeInteger(problems) && problems > 0;
      const count = problems > MOST_IN_ICON ? `${MOST_IN_ICON}+` : String(problems);
      const text = isUnknown ? "?" : isCount ? count : null;
      const svg = app.renderFragment("pos-servers/_icon", request.viewer, { text, isUnknown });
      return reply.type("image/svg+xml").send(svg);
    },
  );

  const asExcel = { ...access, exposeHeadRoute: false };
  app.get<{ Querystring: RawQuery }>("/pos-servers.xlsx", asExcel, async (request, reply) => {
    const filter = { ...parseFilter(request.query).filter, page: 1 };
    const { requiredVersion } = await app.fleet.stateRules();
    const commonFailures = await app.fleet.commonFailures();
    const query: PosServerExportQuery = { filter, requiredVersion, commonFailures };
    const pageUrl = filterUrl(filter);
    const asked = { table: "posServers", module: MODULE, query, pageUrl } as const;
    return await sendExport(request, reply, asked, app.clock());
  });

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
    if (problem === null) return reply.flash(url, VIEW_SAVED, name);
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

/** A filter, or the wish to see the list, leads to the list even while nothing is connected. */
function isWithoutQuery(query: RawQuery): boolean {
  return Object.keys(query).length === 0;
}

function problemOf(name: string): "empty" | "long" | null {
  if (name === "") return "empty";
  return name.length > MAX_NAME_LENGTH ? "long" : null;
}
