import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { AGENT_PACKAGE_PATH } from "../../protocol/agent-package.ts";

const SAVED_AS = "poswatch-agent-windows.zip";

/** `GET /agent/windows.zip`: the package of the agent, which holds no secret. */
export async function agentPackageRoutes(app: FastifyInstance): Promise<void> {
  app.get(AGENT_PACKAGE_PATH, { config: { access: "public" } }, async (request, reply) => {
    const found = await app.agentPackages.findOffered();
    if (found === null) {
      return reply.code(404).send({ error: "not_found", message: "There is no package of the agent here." });
    }
    reply.headers({
      "content-type": "application/zip",
      "content-length": found.size,
      "content-disposition": `attachment; filename="${SAVED_AS}"`,
      "cache-control": "no-cache",
      etag: `"${found.sha256}"`,
    });
    return reply.send(request.method === "HEAD" ? Readable.from([]) : createReadStream(found.file));
  });
}
