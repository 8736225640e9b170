import type { FastifyInstance } from "fastify";
import { countAwaitedEnrolments } from "../fleet/awaited-enrolments.ts";
import { isFirstStart } from "../fleet/first-start.ts";
import { parseFilter, type RawQuery } from "./filter.ts";
import { createOrganizationOptions, createTagOptions, optionsModel } from "./filter-options.ts";
import { fineModel } from "./groups-model.ts";
import { headlineModel } from "./headline-model.ts";
import { readHealth } from "./health.ts";
import { findListing } from "./listing.ts";
import { aboveFilterModel, belowFilterModel } from "./listing-model.ts";
import { pageModel } from "./page-model.ts";
import { listSavedViews } from "./saved-views.ts";
import { VIEW_SAVED } from "./saved-views-model.ts";
import { createShownListings } from "./shown-listings.ts";

/** `/pos-servers`: the status page, and the part of it that refreshes itself. */
export async function listPosServersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
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

  app.get<{ Querystring: RawQuery }>(
    "/pos-servers",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
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
      const savedView = request.toldOnce(VIEW_SAVED);
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
    },
  );
}

/** A filter, or the wish to see the list, leads to the list even while nothing is connected. */
function isWithoutQuery(query: RawQuery): boolean {
  return Object.keys(query).length === 0;
}
