import type { FastifyInstance } from "fastify";
import { importRoutes } from "./import/import-routes.ts";
import { moveOrDeleteRoutes } from "./move-or-delete-routes.ts";
import { organizationPagesRoutes } from "./organization-routes.ts";
import { registeredPosServerRoutes } from "./pos-server-routes.ts";

/** The registry: organizations, their POS servers, and the import of both. */
export async function organizationRoutes(app: FastifyInstance): Promise<void> {
  await organizationPagesRoutes(app);
  await registeredPosServerRoutes(app);
  await moveOrDeleteRoutes(app);
  await importRoutes(app);
}
