import type { FastifyInstance } from "fastify";
import { exportPosServersRoutes } from "./export-pos-servers-routes.ts";
import { listPosServersRoutes } from "./list-pos-servers-routes.ts";
import { parkPosServerRoutes } from "./park-pos-server-routes.ts";
import { showPosServerRoutes } from "./show-pos-server-routes.ts";

/** The status page and the page of each POS server. */
export async function posServerRoutes(app: FastifyInstance): Promise<void> {
  await app.register(listPosServersRoutes);
  await app.register(exportPosServersRoutes);
  await app.register(showPosServerRoutes);
  await app.register(parkPosServerRoutes);
}
