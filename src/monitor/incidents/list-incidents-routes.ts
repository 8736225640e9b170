import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { readAcknowledgementsOfIncidents } from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { countIncidents, listIncidents, PAGE_INCIDENTS } from "../fleet/incidents/find-incidents.ts";
import type { IncidentFilter } from "../fleet/incidents/incident-filter.ts";
import { countStates, listOrganizations } from "../fleet/summary.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { readHealth } from "../pos-servers/health.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { dayAt, dayEnd, dayStart } from "../viewer/local-time.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type IncidentsFilter, PERIODS, parseIncidentsFilter, type Shown } from "./filter.ts";
import { incidentsFilterModel } from "./filter-model.ts";
import { incidentsModel } from "./list-model.ts";

/** `/incidents`: open, new and closed incidents, and the part of the page that refreshes itself. */
export async function listIncidentsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/incidents", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const organizations = await listOrganizations(db, viewer.organizations);
    const { filter: asked, problems } = parseIncidentsFilter(request.query, dayAt(now, viewer.timeZone));
    const { organizationId, posServerId } = asked;
    // What the viewer may not see is reported as if it did not exist.
    if (organizationId !== null && !organizations.some(({ id }) => id === organizationId)) {
      problems.organization = String(organizationId);
      asked.organizationId = null;
    }
    const posServer =
      posServerId === null ? null : await findPosServer(db, viewer.organizations, posServerId);
    if (posServerId !== null && !posServer) {
      problems.posServer = String(posServerId);
      asked.posServerId = null;
    }
    const found = await findListed(db, viewer, asked, now);
    const { filter } = found;
    if (filter.page !== asked.page) problems.page = String(asked.page);
    const model = incidentsModel(viewer, { ...found, health: readHealth(app, now) }, now);
    const tag = tagOf(viewer, model);
    const part = (name: string) => app.renderFragment(`incidents/${name}`, viewer, model);
    if (request.isPartial) return reply.polledPart(tag, () => part("_refreshed"));
    return await reply.page("incidents/page", {
      title: viewer.t("incident.title"),
      filter: incidentsFilterModel(viewer, { filter, problems, organizations, posServer }),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
      segments: part("_segments"),
      list: part("_list"),
    });
  });
}

const STATUS = { open: "open", new: "opened", closed: "closed", day: "lasted" } as const;

/** Of the page, or of the last page that exists. */
async function findListed(
  db: Db,
  { organizations: access, timeZone }: Viewer,
  filter: IncidentsFilter,
  now: number,
) {
  const { show, day, period, organizationId, kind, posServerId } = filter;
  const recent = { from: now - PERIODS[period], to: now };
  const wantedAs = (shown: Shown): IncidentFilter => ({
    status: STATUS[shown],
    within:
      shown === "day" && day !== null ? { from: dayStart(day, timeZone), to: dayEnd(day, timeZone) } : recent,
    organizationId,
    kind,
    posServerId,
    search: searchText(filter.search),
  });
  const count = (shown: Shown) => countIncidents(db, access, wantedAs(shown));
  const counts: Record<Shown, number> = {
    open: await count("open"),
    new: await count("new"),
    closed: await count("closed"),
    day: day === null ? 0 : await count("day"),
  };
  const pages = Math.max(Math.ceil(counts[show] / PAGE_INCIDENTS), 1);
  const page = Math.min(filter.page, pages);
  const incidents = await listIncidents(db, access, wantedAs(show), page);
  return {
    incidents,
    counts,
    pages,
    filter: { ...filter, page },
    states: await countStates(db, access),
    acknowledgements: await readAcknowledgementsOfIncidents(db, access, incidents, now),
  };
}
