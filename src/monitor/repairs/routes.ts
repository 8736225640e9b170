import type { FastifyInstance } from "fastify";
import { resetRoutes } from "./database-resets/reset-routes.ts";
import { startServiceRoutes } from "./service-starts/start-service-routes.ts";

/** Database resets and service starts. */
export async function repairRoutes(app: FastifyInstance): Promise<void> {
  await resetRoutes(app);
  await startServiceRoutes(app);
}
