import type { FastifyInstance } from "fastify";
import { exportPosServersRoutes } from "./export-pos-servers-routes.ts";
import { iconRoutes } from "./icon-routes.ts";
import { listPosServersRoutes } from "./list-pos-servers-routes.ts";
import { parkPosServerRoutes } from "./park-pos-server-routes.ts";
import { pollListedRoutes } from "./poll-listed-routes.ts";
import { savedViewRoutes } from "./saved-views-routes.ts";

/** The status page, and what is done from it. */
export async function posServerRoutes(app: FastifyInstance): Promise<void> {
  await listPosServersRoutes(app);
  await savedViewRoutes(app);
  await iconRoutes(app);
  await pollListedRoutes(app);
  await exportPosServersRoutes(app);
  await parkPosServerRoutes(app);
}
