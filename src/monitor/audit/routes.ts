import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { type ExportPart, sendExport } from "../excel/send-export.ts";
import { dayAt, divideDays } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { readAuditRequest } from "./choices.ts";
import type { AuditExportQuery } from "./export.ts";
import { type AuditFilter, auditUrl } from "./filter.ts";
import { filterSummary, shownDay } from "./filter-model.ts";
import { listAuditEvents } from "./list-events.ts";
import { auditPageModel } from "./page-model.ts";

const MODULE = new URL("./export.ts", import.meta.url);

/** `/audit`: what people did, newest first. No route changes the log. */
export async function auditRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/audit", { config: { access: "user" } }, async (request, reply) => {
    const { viewer } = request;
    const { auditViewer, ...asked } = await readAuditRequest(db, request);
    const page = await listAuditEvents(db, auditViewer, asked.filter, viewer.timeZone, { isFolded: true });
    return await reply.page("audit/page", auditPageModel(viewer, asked, page, app.clock()));
  });

  /** With the same query, all pages of it. */
  app.get("/audit.xlsx", { config: { access: "user" }, exposeHeadRoute: false }, async (request, reply) => {
    const { auditViewer, choices, filter } = await readAuditRequest(db, request);
    const query: AuditExportQuery = {
      auditViewer,
      filter: { ...filter, before: null },
      filterWords: filterSummary(request.viewer, filter, choices).join(", "),
    };
    const now = app.clock();
    const pageUrl = auditUrl(filter, null);
    const listParts = () => listExportParts(db, request.viewer, filter, now);
    const wanted = { table: "audit", module: MODULE, query, pageUrl, listParts } as const;
    return await sendExport(request, reply, wanted, now);
  });
}

/** Parts of a log too long for one file, newest first: months, or days within one month. */
async function listExportParts(
  db: Db,
  { timeZone }: Viewer,
  filter: AuditFilter,
  now: number,
): Promise<ExportPart[]> {
  const { oldestAt } = await db
    .selectFrom("auditEvent")
    .select(({ fn }) => fn.min("at").as("oldestAt"))
    .executeTakeFirstOrThrow();
  const [oldest, today] = [dayAt(oldestAt ?? now, timeZone), dayAt(now, timeZone)];
  const first = filter.from !== null && filter.from > oldest ? filter.from : oldest;
  const last = filter.to !== null && filter.to < today ? filter.to : today;
  return divideDays(first, last)
    .reverse()
    .map(({ from, to }) => ({
      text: from === to ? shownDay(from) : `${shownDay(from)} – ${shownDay(to)}`,
      url: auditUrl({ ...filter, from, to }, null, "/audit.xlsx"),
    }));
}
