import type { FastifyInstance } from "fastify";
import { exportEventsRoutes } from "./export-events-routes.ts";
import { listEventsRoutes } from "./list-events-routes.ts";

/** The log of what people did. It is only read here: no route changes it. */
export async function auditRoutes(app: FastifyInstance): Promise<void> {
  await listEventsRoutes(app);
  await exportEventsRoutes(app);
}
