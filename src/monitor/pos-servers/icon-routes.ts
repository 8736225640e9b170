import type { FastifyInstance } from "fastify";
import { MOST_IN_ICON } from "./headline-model.ts";

/** `/pos-servers/icon.svg?problems=7`: the icon of the browser tab with the number of problems. */
export async function iconRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Querystring: { problems?: unknown } }>(
    "/pos-servers/icon.svg",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const problems = Number(request.query.problems);
      const isCount = Number.isSafeInteger(problems) && problems > 0;
      const text = problems > MOST_IN_ICON ? `${MOST_IN_ICON}+` : String(problems);
      const svg = app.renderFragment("pos-servers/_icon", request.viewer, { text: isCount ? text : null });
      return reply.type("image/svg+xml").send(svg);
    },
  );
}
