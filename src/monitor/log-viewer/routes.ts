import type { FastifyInstance } from "fastify";
import { listFilesRoutes } from "./list-files-routes.ts";
import { showLogRoutes } from "./show-log-routes.ts";

export async function logViewerRoutes(app: FastifyInstance): Promise<void> {
  await listFilesRoutes(app);
  await showLogRoutes(app);
}
