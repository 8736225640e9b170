import type { FastifyInstance } from "fastify";
import { listAuditEvents } from "./list-events.ts";
import { auditPageModel } from "./page-model.ts";
import { readAuditRequest } from "./read-request.ts";

export interface AuditRouteOptions {
  /** ms UTC. */
  clock: () => number;
}

/** `/audit`: the log of what people did. It is only read here: no route changes it. */
export async function auditRoutes(app: FastifyInstance, { clock }: AuditRouteOptions): Promise<void> {
  const { db } = app.database;

  app.get("/audit", { config: { access: "user" } }, async (request, reply) => {
    const { viewer } = request;
    const { auditViewer, choices, filter, problems } = await readAuditRequest(db, request);
    const page = await listAuditEvents(db, auditViewer, filter, viewer.timeZone);
    const model = auditPageModel({ viewer, filter, problems, choices, ...page, now: clock() });
    return await reply.page("audit/page", model);
  });
}
