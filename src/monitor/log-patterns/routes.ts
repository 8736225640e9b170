import type { FastifyInstance } from "fastify";
import { listPatternSetsRoutes } from "./settings/list-sets-routes.ts";
import { teachLogRoutes } from "./teaching/teach-routes.ts";

/** What administrators teach about the lines of logs. */
export async function logPatternRoutes(app: FastifyInstance): Promise<void> {
  await teachLogRoutes(app);
  await listPatternSetsRoutes(app);
}
