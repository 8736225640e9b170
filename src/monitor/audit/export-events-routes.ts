import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { type ExportPart, sendExport } from "../excel/send-export.ts";
import { dayAt, divideDays } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { readAuditRequest } from "./choices.ts";
import type { AuditExportQuery } from "./export-worker.ts";
import { type AuditFilter, auditUrl } from "./filter.ts";
import { filterSummary, shownDay } from "./filter-model.ts";

const MODULE = new URL("./export-worker.ts", import.meta.url);

/** `/audit.xlsx`: the log of `/audit` with the same query, all pages of it. */
export async function exportEventsRoutes(app: FastifyInstance): Promise<void> {
  app.get("/audit.xlsx", { config: { access: "user" }, exposeHeadRoute: false }, async (request, reply) => {
    const { auditViewer, choices, filter } = await readAuditRequest(app.database.db, request);
    const query: AuditExportQuery = {
      auditViewer,
      filter: { ...filter, before: null },
      filterWords: filterSummary(request.viewer, filter, choices).join(", "),
    };
    const now = app.clock();
    const pageUrl = auditUrl(filter, null);
    const listParts = () => listExportParts(app.database.db, request.viewer, filter, now);
    return await sendExport(
      request,
      reply,
      { table: "audit", module: MODULE, query, pageUrl, listParts },
      now,
    );
  });
}

/** The files that a log too long for one can be had in, newest first: by months, or by days within a month. */
async function listExportParts(
  db: Db,
  { timeZone }: Viewer,
  filter: AuditFilter,
  now: number,
): Promise<ExportPart[]> {
  const { oldestAt } = await db
    .selectFrom("audit_event")
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
