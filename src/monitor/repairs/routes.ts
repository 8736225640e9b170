import type { FastifyInstance } from "fastify";
import { followResetRoutes } from "./database-resets/follow-reset-routes.ts";
import { requestResetRoutes } from "./database-resets/request-reset-routes.ts";
import { startServiceRoutes } from "./service-starts/start-service-routes.ts";

/** What is done to a POS server from afar: its database is reset, its service started. */
export async function repairRoutes(app: FastifyInstance): Promise<void> {
  await requestResetRoutes(app);
  await followResetRoutes(app);
  await startServiceRoutes(app);
}
