import type { FastifyInstance } from "fastify";
import { sendExport } from "../excel/send-export.ts";
import { readAuditRequest } from "./choices.ts";
import type { AuditExportQuery } from "./export.ts";
import { auditUrl } from "./filter.ts";
import { filterSummary } from "./filter-model.ts";
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
    const wanted = { table: "audit", module: MODULE, query, pageUrl: auditUrl(filter, null) } as const;
    return await sendExport(request, reply, wanted, app.clock());
  });
}
