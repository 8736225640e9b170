import type { FastifyInstance } from "fastify";
import { answerWithoutFile, findAskedFile, type WithFile } from "./asked-file.ts";
import { readTextOfLines } from "./read-text.ts";
import { recordView } from "./record-view.ts";
import { readTextQuery } from "./view-query.ts";

const MAX_COPIED_BYTES = 8 * 1024 * 1024;

/**
 * `/log-archives/:id/files/:position/text`: the lines from one to another as they are shown, what is folded included, for the
 * clipboard; 413 when these are too many, 409 when the log is not prepared.
 */
export async function copyTextRoutes(app: FastifyInstance): Promise<void> {
  app.get<WithFile>(
    "/log-archives/:id/files/:position/text",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const asked = await findAskedFile(app, request, reply);
      if ("kind" in asked) return await answerWithoutFile(reply, request.viewer, asked);
      const cached = await app.logCache.open(asked.source, request.signedInUser().id, 0);
      if (cached.kind !== "ready") return reply.code(409).send();
      const text = await readTextOfLines(cached.log, readTextQuery(request.query), MAX_COPIED_BYTES);
      if (text === null) return reply.code(413).send();
      await recordView(app.database.db, request.actor(), asked.archive, asked.name, app.clock());
      return reply.type("text/plain; charset=utf-8").send(text);
    },
  );
}
