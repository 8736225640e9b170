import type { FastifyInstance } from "fastify";
import { AGENT_PACKAGE_PATH, PACKAGE_FILES } from "../../protocol/agent-package.ts";
import { packagesFolder } from "./agent-packages.ts";
import { connectAgentRoutes } from "./connect-routes.ts";

const SAVED_AS = "poswatch-agent-windows.zip";

export async function agentRoutes(app: FastifyInstance): Promise<void> {
  await connectAgentRoutes(app);
  // After all that calls agents has stopped, and before the server waits for its connections to end.
  app.addHook("preClose", () => app.posClient.agents.close());

  app.get(AGENT_PACKAGE_PATH, { config: { access: "public" } }, async (_request, reply) => {
    if (!(await app.agentPackages.findOffered())) {
      return reply.code(404).send({ error: "not_found", message: "There is no package of the agent here." });
    }
    return reply
      .headers({ "cache-control": "no-cache", "content-disposition": `attachment; filename="${SAVED_AS}"` })
      .sendFile(PACKAGE_FILES.zip, packagesFolder(app.config.dataDir), { cacheControl: false });
  });
}
