import type { FastifyInstance } from "fastify";
import { sendExport } from "../excel/send-export.ts";
import { readAuditRequest } from "./choices.ts";
import { listExportParts } from "./export-parts.ts";
import type { AuditExportQuery } from "./export-worker.ts";
import { auditUrl } from "./filter.ts";
import { filterSummary } from "./filter-model.ts";

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
