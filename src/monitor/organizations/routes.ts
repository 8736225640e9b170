import type { FastifyInstance } from "fastify";
import { importRoutes } from "./import/import-routes.ts";
import { registryRoutes } from "./listing/registry-routes.ts";
import { moveOrDeleteRoutes } from "./move-or-delete-routes.ts";
import { organizationPagesRoutes } from "./organization-routes.ts";
import { registeredPosServerRoutes } from "./pos-server-routes.ts";

export async function organizationRoutes(app: FastifyInstance): Promise<void> {
  await organizationPagesRoutes(app);
  await registeredPosServerRoutes(app);
  await moveOrDeleteRoutes(app);
  await importRoutes(app);
  await registryRoutes(app);
}
