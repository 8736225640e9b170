import type { FastifyInstance } from "fastify";
import { FIRST_START_URL } from "./first-start-model.ts";
import { showFirstStart } from "./show-page.ts";

/** `/first-start`: the checklist, and the part of it that refreshes itself. */
export async function showFirstStartRoutes(app: FastifyInstance): Promise<void> {
  app.get(FIRST_START_URL, { config: { access: "administrator" } }, async (_request, reply) =>
    showFirstStart(reply),
  );
}
