import type { FastifyInstance } from "fastify";
import { readSettings } from "../fleet/settings.ts";
import { helpModel } from "./help-model.ts";

/** `/help`: «Справка», what each cause means at the tills and what to do about it. */
export async function helpRoutes(app: FastifyInstance): Promise<void> {
  app.get("/help", { config: { access: "user" } }, async (request, reply) => {
    const { paymentStopsAfterMs } = await readSettings(app.database.db);
    return await reply.page("help/page", helpModel(request.viewer, paymentStopsAfterMs));
  });
}
