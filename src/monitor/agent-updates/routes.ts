import type { FastifyInstance } from "fastify";
import { rolloutRoutes } from "./page/rollout-routes.ts";
import { showAgentsRoutes } from "./page/show-agents-routes.ts";

/** Versions of the agents, and their updates. */
export async function agentUpdateRoutes(app: FastifyInstance): Promise<void> {
  await showAgentsRoutes(app);
  await rolloutRoutes(app);
}
