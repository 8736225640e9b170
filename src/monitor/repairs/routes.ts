import type { FastifyInstance } from "fastify";
import { resetRoutes } from "./database-resets/reset-routes.ts";
import { startServiceRoutes } from "./service-starts/start-service-routes.ts";

/** What is done to a POS server from afar: its database is reset, its service started. */
export async function repairRoutes(app: FastifyInstance): Promise<void> {
  await resetRoutes(app);
  await startServiceRoutes(app);
}
