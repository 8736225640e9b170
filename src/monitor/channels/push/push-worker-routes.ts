import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { PUSH_ICON_URL, PUSH_WORKER_URL } from "./addresses.ts";

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../../public");
const FILES = [
  [PUSH_WORKER_URL, "push-worker/push-worker.js", "text/javascript; charset=utf-8"],
  [PUSH_ICON_URL, "icons/poswatch-192.png", "image/png"],
] as const;

/** `/push-worker.js`, which shows messages while no page is open, and its icon: not under the assets, whose address changes. */
export async function pushWorkerRoutes(app: FastifyInstance): Promise<void> {
  for (const [url, file, type] of FILES) {
    app.get(url, { config: { access: "public" } }, async (_request, reply) => {
      reply.type(type).header("cache-control", "no-cache");
      return reply.send(await readFile(join(PUBLIC_DIRECTORY, file)));
    });
  }
}
