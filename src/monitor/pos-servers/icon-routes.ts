import type { FastifyInstance } from "fastify";
import { MOST_IN_ICON } from "./headline-model.ts";

/** `/pos-servers/icon.svg?problems=7`: the icon of the browser tab with the number of problems. */
export async function iconRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Querystring: { problems?: unknown } }>(
    "/pos-servers/icon.svg",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const isUnknown = request.query.problems === "unknown";
      const problems = Number(request.query.problems);
      const isCount = Number.isSafeInteger(problems) && problems > 0;
      const count = problems > MOST_IN_ICON ? `${MOST_IN_ICON}+` : String(problems);
      const text = isUnknown ? "?" : isCount ? count : null;
      const svg = app.renderFragment("pos-servers/_icon", request.viewer, { text, isUnknown });
      return reply.type("image/svg+xml").send(svg);
    },
  );
}
