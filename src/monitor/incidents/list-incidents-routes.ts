import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { readAcknowledgementsOfIncidents } from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { countIncidents, listIncidents, PAGE_INCIDENTS } from "../fleet/incidents/find-incidents.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { freshnessModel } from "../pos-servers/freshness-model.ts";
import { readHealth } from "../pos-servers/health.ts";
import { withoutAge } from "../pos-servers/shown-listings.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import type { OrganizationAccess } from "../viewer/access.ts";
import {
  type IncidentsFilter,
  type IncidentsFilterProblems,
  narrowed,
  parseIncidentsFilter,
} from "./filter.ts";
import { incidentsFilterModel } from "./filter-model.ts";
import { incidentsModel, type ListedIncidents } from "./list-model.ts";

/** `/incidents`: what is open, what is new and what is over, and the part of it that refreshes itself. */
export async function listIncidentsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/incidents", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const organizations = await listOrganizations(db, viewer.organizations);
    const asked = keepOwn(parseIncidentsFilter(request.query), organizations);
    const { posServerId } = asked.filter;
    const posServer =
      posServerId === null ? null : await findPosServer(db, viewer.organizations, posServerId);
    if (posServerId !== null && !posServer) {
      asked.problems.posServer = String(posServerId);
      asked.filter.posServerId = null;
    }
    const found = await find(db, viewer.organizations, asked.filter, now);
    const listed = { ...found, health: readHealth(app, now) };
    const { filter } = listed;
    const problems =
      filter.page === asked.filter.page
        ? asked.problems
        : { ...asked.problems, page: String(asked.filter.page) };
    const model = incidentsModel(viewer, listed, now);
    const tag = tagOf(viewer, model, withoutAge);
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

/** An organization that is somebody else's is as unknown as one that is not there. */
function keepOwn(
  { filter, problems }: { filter: IncidentsFilter; problems: IncidentsFilterProblems },
  organizations: readonly { id: number }[],
) {
  const { organizationId } = filter;
  if (organizationId === null || organizations.some(({ id }) => id === organizationId))
    return { filter, problems };
  return {
    filter: { ...filter, organizationId: null },
    problems: { ...problems, organization: String(organizationId) },
  };
}

async function find(
  db: Db,
  access: OrganizationAccess,
  filter: IncidentsFilter,
  now: number,
): Promise<Omit<ListedIncidents, "health">> {
  const search = searchText(filter.search);
  const wanted = narrowed(filter, search, now);
  const count = (status: typeof wanted.status) => countIncidents(db, access, { ...wanted, status });
  const counts = { open: await count("open"), new: await count("opened"), closed: await count("closed") };
  const pages = Math.max(Math.ceil(counts[filter.show] / PAGE_INCIDENTS), 1);
  const page = Math.min(filter.page, pages);
  const incidents = await listIncidents(db, access, wanted, page);
  return {
    incidents,
    counts,
    pages,
    filter: { ...filter, page },
    acknowledgements: await readAcknowledgementsOfIncidents(db, access, incidents, now),
  };
}
