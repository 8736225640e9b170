import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { AGENT_PACKAGE_PATH } from "../../protocol/agent-package.ts";
import { connectAgentRoutes } from "./connect-routes.ts";

const SAVED_AS = "poswatch-agent-windows.zip";

export async function agentRoutes(app: FastifyInstance): Promise<void> {
  await connectAgentRoutes(app);
  // After all that calls agents has stopped, and before the server waits for its connections to end.
  app.addHook("preClose", () => app.posClient.agents.close());

  app.get(AGENT_PACKAGE_PATH, { config: { access: "public" } }, async (request, reply) => {
    const found = await app.agentPackages.openOffered();
    if (found === null) {
      return reply.code(404).send({ error: "not_found", message: "There is no package of the agent here." });
    }
    const etag = `"${found.sha256}"`;
    reply.headers({ "cache-control": "no-cache", etag });
    if (isNamed(request.headers["if-none-match"], etag)) {
      await found.handle.close();
      return reply.code(304).send();
    }
    reply.headers({
      "content-type": "application/zip",
      "content-length": found.size,
      "content-disposition": `attachment; filename="${SAVED_AS}"`,
    });
    if (request.method !== "HEAD") return reply.send(found.handle.createReadStream({ start: 0 }));
    await found.handle.close();
    return reply.send(Readable.from([]));
  });
}

/** Compressing proxies make tags weak (`W/`). */
function isNamed(list: string | undefined, etag: string): boolean {
  const tags = (list ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
