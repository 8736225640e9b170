import type { FastifyInstance } from "fastify";
import { findOpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { textFields } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { organizationModel } from "./organization-model.ts";
import { countProblemsOf, findOrganization } from "./registry/organizations.ts";
import { listRegisteredPosServers } from "./registry/pos-servers.ts";

/** `/organizations/:id`: its POS servers. */
export async function showOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/organizations/:id", { config: { access: "administrator" } }, async (request, reply) => {
    const organization = await findOrganization(db, request.params.id);
    if (!organization) return reply.callNotFound();
    const { page } = textFields(request.query, ["page"]);
    const posServers = await listRegisteredPosServers(db, organization.id);
    const problems = await countProblemsOf(db, organization.id);
    const openingHours = await findOpeningHours(db, { organizationId: organization.id });
    const shown = { organization, posServers, problems, page, openingHours };
    return await reply.page("organizations/show", organizationModel(request.viewer, shown, app.clock()));
  });
}
