import type { FastifyInstance } from "fastify";
import { connectAgentRoutes } from "./connect-routes.ts";
import { agentPackageRoutes } from "./package-routes.ts";

/** What agents ask of the monitor, under `/agent`. */
export async function agentRoutes(app: FastifyInstance): Promise<void> {
  await connectAgentRoutes(app);
  await agentPackageRoutes(app);
  // Before the server waits for its connections to end, and after all that calls agents has stopped.
  app.addHook("preClose", () => app.posClient.agents.close());
}
