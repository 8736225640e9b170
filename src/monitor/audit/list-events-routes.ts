import type { FastifyInstance } from "fastify";
import { readAuditRequest } from "./choices.ts";
import { listAuditEvents } from "./list-events.ts";
import { auditPageModel } from "./page-model.ts";

/** `/audit`: the log, newest first. */
export async function listEventsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/audit", { config: { access: "user" } }, async (request, reply) => {
    const { viewer } = request;
    const { auditViewer, choices, filter, problems } = await readAuditRequest(db, request);
    const page = await listAuditEvents(db, auditViewer, filter, viewer.timeZone);
    const model = auditPageModel({ viewer, filter, problems, choices, ...page, now: app.clock() });
    return await reply.page("audit/page", model);
  });
}
