import type { FastifyInstance } from "fastify";
import { listIncidentsRoutes } from "./list-incidents-routes.ts";
import { showIncidentRoutes } from "./show-incident-routes.ts";
import { takeIncidentRoutes } from "./take-incident-routes.ts";

/** `/incidents`: what happened to the fleet, and what became of it. */
export async function incidentRoutes(app: FastifyInstance): Promise<void> {
  await listIncidentsRoutes(app);
  await showIncidentRoutes(app);
  await takeIncidentRoutes(app);
}
