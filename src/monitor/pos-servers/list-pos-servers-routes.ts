import type { FastifyInstance } from "fastify";
import { countRows } from "../database/count-rows.ts";
import { FRESH_MS, keepFindings } from "../database/keep-findings.ts";
import { sendExport } from "../excel/send-export.ts";
import { filterUrl, type PosServerFilter, parseFilter, type RawQuery } from "../filter/filter.ts";
import { type OfferedOrganizations, offerOrganizations } from "../filter/filter-options.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { readId } from "../forms/fields.ts";
import { isFirstStart } from "../installation/first-start.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { awaitedEnrolments } from "../restaurants/awaited-enrolments.ts";
import { listTags, type Tag } from "../restaurants/tags.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { PosServerExportQuery } from "./export.ts";
import { type FilterInput, filterModel, organizationOptions } from "./filter-model.ts";
import { fineModel, isFoldable } from "./groups-model.ts";
import { headlineModel, MOST_IN_ICON } from "./headline-model.ts";
import { readHealth } from "./health.ts";
import { HOUR_MARKS } from "./hours-model.ts";
import { findListing, type Listing } from "./listing.ts";
import { aboveFilterModel, belowFilterModel } from "./listing-model.ts";
import { listSavedViews, type SavedView, VIEW_SAVED } from "./saved-views.ts";

const MODULE = new URL("./export.ts", import.meta.url);
const MAX_KEPT = 200;

/** What a view shows whoever looks at it with the same rights, in the same language and time zone. */
type Found = ReturnType<typeof shownModel> & {
  tag: string;
  organizations: OfferedOrganizations;
  tags: Tag[];
};

/** `/pos-servers`: the status page, the part of it that refreshes itself, its icon in the tab, and all of it as Excel. */
export async function listPosServersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const keep = keepFindings<Found>({
    database: app.database,
    clock: app.clock,
    maxKept: MAX_KEPT,
    maxAgeMs: FRESH_MS,
  });

  app.get("/", { config: { access: "public" } }, async (_request, reply) => reply.redirect("/pos-servers"));

  app.get<{ Querystring: RawQuery }>("/pos-servers", access, async (request, reply) => {
    const { viewer, query } = request;
    const { filter, problems } = parseFilter(query);
    const { user, organizations: visible, language, timeZone } = viewer;
    const view = [visible, user?.isAdministrator, language, timeZone, filterUrl(filter)];
    // Many browsers show the same view, and refresh it.
    const found = await keep(JSON.stringify(view), () => find(viewer, filter));
    // Unless it was asked for by its query.
    const isPlain = !request.isPartial && Object.keys(query).length === 0;
    if (isPlain && user?.isAdministrator && (await isFirstStart(db))) return reply.redirect("/first-start");
    if (request.isPartial) {
      return reply.polledPart(found.tag, () => app.renderFragment("pos-servers/_refreshed", viewer, found));
    }

    const savedViews = await listSavedViews(db, request.signedInUser().id);
    const savedView = request.flashed(VIEW_SAVED);
    const model = pageModel({ viewer, filter, problems, query, ...found }, found, savedViews, savedView);
    return await reply.page("pos-servers/page", model);
  });

  async function find(viewer: Viewer, filter: PosServerFilter): Promise<Found> {
    const now = app.clock();
    const listing = {
      ...(await findListing(db, app.fleet, viewer, filter, now)),
      health: readHealth(app, now),
      awaitedAgents: viewer.user?.isAdministrator ? await countRows(awaitedEnrolments(db)) : 0,
    };
    return {
      ...shownModel(viewer, filter, listing, now),
      tag: tagOf(viewer, listing),
      organizations: await offerOrganizations(db, viewer.organizations, filter.organizationId),
      tags: await listTags(db, viewer.organizations),
    };
  }

  app.get<{ Querystring: RawQuery }>("/pos-servers/organizations", access, async (request, reply) => {
    const { viewer, query } = request;
    const { filter } = parseFilter(query);
    reply.header("vary", "HX-Request-Type, Cookie");
    if (!request.isPartial) return reply.redirect(filterUrl(filter), 303);
    const offered = await listOrganizations(db, viewer.organizations);
    const options = organizationOptions(viewer, { count: offered.length, offered }, filter.organizationId);
    return reply
      .type("text/html; charset=utf-8")
      .send(app.renderFragment("pos-servers/_organization-options", viewer, { options }));
  });

  app.get<{ Querystring: { problems?: unknown } }>(
    "/pos-servers/icon.svg",
    access,
    async (request, reply) => {
      const isUnknown = request.query.problems === "unknown";
      const problems = readId(String(request.query.problems));
      const count = problems && (problems > MOST_IN_ICON ? `${MOST_IN_ICON}+` : String(problems));
      const text = isUnknown ? "?" : count;
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

function shownModel(viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) {
  const { t, format, user } = viewer;
  return {
    now,
    fine: fineModel(viewer, filter, listing.segments),
    headline: headlineModel(viewer, listing),
    above: aboveFilterModel(viewer, filter, listing, now),
    below: belowFilterModel(viewer, filter, listing, now),
    causeExample: listing.rows[0]?.reason?.text ?? null,
    restoredCopy:
      user?.isAdministrator && listing.restoredAt !== null
        ? t("restoredCopy.text", { time: format.clock(listing.restoredAt, now) })
        : null,
  };
}

/** @param savedView the name of a view that was just saved. */
function pageModel(input: FilterInput, found: Found, savedViews: SavedView[], savedView: string | null) {
  const { viewer, filter } = input;
  const { headline, tag, now } = found;
  const listUrl = filterUrl(filter);
  return {
    ...found,
    title: headline.title,
    icon: headline.icon,
    freshness: freshnessModel(viewer, { url: listUrl, tag, now }),
    listUrl,
    savedViews: savedViewsMenu(savedViews, filter),
    answer:
      savedView === null
        ? null
        : { isOk: true, text: viewer.t("savedViews.saved", { name: savedView }), detail: null },
    filter: filterModel(input),
    isFolded: isFoldable(filter),
    hourMarks: HOUR_MARKS,
  };
}

function savedViewsMenu(views: SavedView[], filter: PosServerFilter) {
  const list = filterUrl(filter);
  return {
    views: views.map((view) => ({ ...view, isCurrent: view.url === list })),
    saveUrl: `/saved-views?${new URLSearchParams({ list })}`,
  };
}
