import type { FastifyInstance, FastifyRequest } from "fastify";
import { countRows } from "../database/count-rows.ts";
import { sendExport } from "../excel/send-export.ts";
import { filterUrl, type PosServerFilter, parseFilter, type RawQuery } from "../filter/filter.ts";
import {
  createOrganizationOptions,
  createTagOptions,
  organizationChoices,
} from "../filter/filter-options.ts";
import { isFirstStart } from "../installation/first-start.ts";
import { awaitedEnrolments } from "../restaurants/awaited-enrolments.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { PosServerExportQuery } from "./export.ts";
import { type FilterInput, filterModel } from "./filter-model.ts";
import { fineModel, isFoldable } from "./groups-model.ts";
import { headlineModel, MOST_IN_ICON } from "./headline-model.ts";
import { readHealth } from "./health.ts";
import { findListing } from "./listing.ts";
import { aboveFilterModel, belowFilterModel } from "./listing-model.ts";
import { listSavedViews, type SavedView, VIEW_SAVED } from "./saved-views.ts";
import { createShownListings, type ShownListing } from "./shown-listings.ts";

const MODULE = new URL("./export.ts", import.meta.url);

/** `/pos-servers`: the status page, the part of it that refreshes itself, its icon in the tab, and all of it as Excel. */
export async function listPosServersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const showListing = createShownListings({
    database: app.database,
    clock: app.clock,
    find: async (viewer, filter, now) => ({
      ...(await findListing(db, app.fleet, viewer, filter, now)),
      health: readHealth(app, now),
      awaitedAgents: viewer.user?.isAdministrator ? await countRows(awaitedEnrolments(db)) : 0,
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
    app.renderFragment("pos-servers/_organization-options", viewer, {
      options: organizationChoices(viewer.t, organizations),
    }),
  );
  const tagOptions = createTagOptions(app.database, app.clock);

  app.get("/", { config: { access: "public" } }, async (_request, reply) => reply.redirect("/pos-servers"));

  app.get<{ Querystring: RawQuery }>("/pos-servers", access, async (request, reply) => {
    const { viewer, query } = request;
    if (await leadsToFirstStart(request)) return reply.redirect("/first-start");
    const { filter, problems } = parseFilter(query);
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
    const input = { viewer, filter, problems, query, options, tags };
    return await reply.keptPage(shown, key, "pos-servers/page", () =>
      pageModel(input, shown, savedViews, savedView, app.clock()),
    );
  });

  /** While nothing is connected the list leads to the first start, unless it was asked for by its query. */
  async function leadsToFirstStart({ viewer, isPartial, query }: FastifyRequest): Promise<boolean> {
    const isPlain = !isPartial && Object.keys(query as RawQuery).length === 0;
    return isPlain && viewer.user?.isAdministrator === true && (await isFirstStart(db));
  }

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
}

/** @param savedView the name of a view that was just saved. */
function pageModel(
  input: Omit<FilterInput, "causeExample">,
  shown: ShownListing,
  savedViews: SavedView[],
  savedView: string | null,
  now: number,
) {
  const { viewer, filter } = input;
  const { t, format } = viewer;
  const { listing, tag } = shown;
  const { title, icon } = headlineModel(viewer, listing);
  const listUrl = filterUrl(filter);
  return {
    title,
    icon,
    freshness: freshnessModel(viewer, { url: listUrl, tag, now }),
    restoredCopy:
      viewer.user?.isAdministrator && listing.restoredAt !== null
        ? t("restoredCopy.text", { time: format.clock(listing.restoredAt, now) })
        : null,
    listUrl,
    savedViews: savedViewsMenu(savedViews, filter),
    answer:
      savedView === null
        ? null
        : { isOk: true, text: t("savedViews.saved", { name: savedView }), detail: null },
    filter: filterModel({ ...input, causeExample: listing.rows[0]?.reason?.text ?? null }),
    isFolded: isFoldable(filter),
    fine: fineModel(viewer, filter, listing.segments),
    ...shown.parts(),
  };
}

function savedViewsMenu(views: SavedView[], filter: PosServerFilter) {
  const list = filterUrl(filter);
  return {
    views: views.map((view) => ({ ...view, isCurrent: view.url === list })),
    saveUrl: `/saved-views?${new URLSearchParams({ list })}`,
  };
}
