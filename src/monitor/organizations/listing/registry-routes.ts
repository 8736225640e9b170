import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { countRows } from "../../database/count-rows.ts";
import { excelButton } from "../../excel/export-words.ts";
import { sendExport } from "../../excel/send-export.ts";
import { hoursInWords } from "../../fleet/opening-hours/schedule-in-words.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { readForm, readId, Text } from "../../forms/fields.ts";
import { callOf } from "../../restaurants/notes.ts";
import { pageUrl, paginate } from "../../viewer/pages.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import {
  LACKS,
  type RegistryFilter,
  type RegistryRow,
  readRegistry,
  selectRegistry,
} from "./read-registry.ts";

const MODULE = new URL("./export.ts", import.meta.url);
const PAGE_URL = "/organizations/pos-servers";
const RegistryQuery = Type.Object({ organization: Text, lacks: Text, page: Text });

/** `/organizations/pos-servers`: who has which tags, hours, phone and agent; and all of it as Excel, which the import reads. */
export async function registryRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get(PAGE_URL, access, async (request, reply) => {
    const { viewer } = request;
    const { t, format, organizations: seen } = viewer;
    const { filter, page } = readQuery(request.query);
    const { organizationId, lack } = filter;
    const organizations = await listOrganizations(db, seen);
    const segments = await Promise.all(
      ([null, ...LACKS] as const).map(async (one) => {
        const narrowed = { organizationId, lack: one };
        const count = await countRows(selectRegistry(db, seen, narrowed));
        return {
          name: one ?? "all",
          url: pageUrl(PAGE_URL, queryOf(narrowed)),
          isCurrent: one === lack,
          isZero: count === 0,
          count: format.number(count),
          text: t(one ? `registry.lacks.${one}` : "posServers.segment.all"),
          found: count,
        };
      }),
    );
    const found = segments.find(({ isCurrent }) => isCurrent)?.found ?? 0;
    const places = paginate([...Array(found).keys()], page, PAGE_URL, queryOf(filter));
    const shown = { offset: places.rows[0] ?? 0, limit: places.rows.length };
    return await reply.page("organizations/registry", {
      excelButton: excelButton(t, pageUrl("/organizations.xlsx", queryOf(filter))),
      chosen: organizations.find(({ id }) => id === organizationId),
      lack,
      segments,
      organizations,
      rows: (await readRegistry(db, seen, filter, shown)).map((row) => rowModel(viewer, row)),
      pages: places.pages,
      found: t("posServers.found", { count: found }),
    });
  });

  app.get("/organizations.xlsx", { ...access, exposeHeadRoute: false }, async (request, reply) => {
    const { filter: query } = readQuery(request.query);
    const pageUrlOf = pageUrl(PAGE_URL, queryOf(query));
    const asked = { table: "registry", module: MODULE, query, pageUrl: pageUrlOf } as const;
    return await sendExport(request, reply, asked, app.clock());
  });
}

/** A malformed value counts as not given. */
function readQuery(query: unknown): { filter: RegistryFilter; page: string } {
  const { organization, lacks, page } = readForm(RegistryQuery, query);
  const lack = LACKS.find((one) => one === lacks) ?? null;
  return { filter: { organizationId: readId(organization), lack }, page };
}

function queryOf({ organizationId, lack }: RegistryFilter) {
  return { organization: String(organizationId ?? ""), lacks: lack ?? "" };
}

function rowModel(viewer: Viewer, { tags, own, shared, phone, parked, ...row }: RegistryRow) {
  const hours = own.hours ?? shared.hours;
  return {
    ...row,
    isParked: parked === 1,
    tags: tags.join(", "),
    hours: hours && hoursInWords(viewer.t, hours),
    isHoursShared: own.hours === null && hours !== null,
    phone: callOf(viewer, { phone, person: null }),
  };
}
