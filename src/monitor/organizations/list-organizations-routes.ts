import type { FastifyInstance } from "fastify";
import { textFields } from "../forms/fields.ts";
import { IMPORT_DONE } from "./import/import-done.ts";
import { organizationsModel } from "./list-model.ts";
import { countArchivedOrganizations, searchOrganizations } from "./registry/organizations.ts";

const MAX_SEARCH_LENGTH = 200;

/** `/organizations`: the list. */
export async function listOrganizationsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/organizations", { config: { access: "administrator" } }, async (request, reply) => {
    const { q, archived, page } = textFields(request.query, ["q", "archived", "page"]);
    const search = q.trim().slice(0, MAX_SEARCH_LENGTH);
    const isArchived = archived === "1";
    const found = await searchOrganizations(db, { search, isArchived });
    const archivedCount = await countArchivedOrganizations(db);
    const imported = request.toldOnce(IMPORT_DONE);
    const asked = { search, isArchived, found, archivedCount, page, imported };
    return await reply.page("organizations/list", organizationsModel(request.viewer, asked));
  });
}
