import type { FastifyInstance } from "fastify";
import { examine } from "./examine.ts";

/** `/about`: «О системе», what `poswatch doctor` says. */
export async function aboutRoutes(app: FastifyInstance): Promise<void> {
  app.get("/about", { config: { access: "administrator" } }, async (request, reply) => {
    const { config, database, clock } = app;
    const { viewer } = request;
    const findings = await examine({ config, db: database.db, sqlite: database.sqlite, now: clock() });
    const lines = findings.map(({ name, status, text }) => ({
      name: viewer.t(`about.name.${name}`),
      status,
      statusText: viewer.t(`about.status.${status}`),
      text: text(viewer),
    }));
    return await reply.settingsPage("about/page", { lines });
  });
}
