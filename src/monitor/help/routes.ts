import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { readForm, Text } from "../forms/fields.ts";
import { readSettings } from "../installation/settings.ts";
import { findInSections } from "./find.ts";
import { helpSections } from "./sections.ts";

const MOST_SOUGHT = 80;
const HelpQuery = Type.Object({ q: Text });

/** `/help`: «Справка», what each cause means at the tills and what to do about it; `q`: only what tells of that. */
export async function helpRoutes(app: FastifyInstance): Promise<void> {
  app.get("/help", { config: { access: "user" } }, async (request, reply) => {
    const q = readForm(HelpQuery, request.query).q.trim().slice(0, MOST_SOUGHT);
    const { paymentStopsAfterMs } = await readSettings(app.database.db);
    const all = helpSections(request.viewer, paymentStopsAfterMs);
    return await reply.page("help/page", { q, most: MOST_SOUGHT, ...findInSections(all, q) });
  });
}
