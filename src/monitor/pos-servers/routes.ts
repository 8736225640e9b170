import type { FastifyInstance } from "fastify";
import { listPosServersRoutes } from "./list-pos-servers-routes.ts";
import { parkPosServerRoutes } from "./park-pos-server-routes.ts";
import { pollListedRoutes } from "./poll-listed-routes.ts";
import { rowMenuRoutes } from "./row-menu-routes.ts";
import { savedViewsRoutes } from "./saved-views.ts";

/** The status page, and what is done from it. */
export async function posServerRoutes(app: FastifyInstance): Promise<void> {
  await listPosServersRoutes(app);
  await rowMenuRoutes(app);
  await savedViewsRoutes(app);
  await pollListedRoutes(app);
  await parkPosServerRoutes(app);
}
