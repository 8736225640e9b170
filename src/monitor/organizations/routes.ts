import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { textFields } from "../forms/fields.ts";
import { paginate } from "../viewer/pages.ts";
import { readOrganizationForm } from "./organization-form.ts";
import { MAX_NAME_LENGTH } from "./registry/names.ts";
import { countArchivedOrganizations, searchOrganizations } from "./registry/organizations.ts";
import { addOrganization, findOrganizationId } from "./registry/registry.ts";

export interface OrganizationRouteOptions {
  /** ms UTC. */
  clock: () => number;
}

const MAX_SEARCH_LENGTH = 200;

/** `/organizations`: the list, and new ones. */
export async function organizationRoutes(
  app: FastifyInstance,
  { clock }: OrganizationRouteOptions,
): Promise<void> {
  const { db } = app.database;
  const limits = { maxLength: MAX_NAME_LENGTH };

  app.get("/organizations", { config: { access: "administrator" } }, async (request, reply) => {
    const { q, archived, page } = textFields(request.query, ["q", "archived", "page"]);
    const search = q.trim().slice(0, MAX_SEARCH_LENGTH);
    const isArchived = archived === "1";
    const found = await searchOrganizations(db, { search, isArchived });
    return await reply.page("organizations/list", {
      search,
      isArchived,
      archivedCount: await countArchivedOrganizations(db),
      total: found.length,
      ...paginate(found, page, "/organizations", { q: search, archived: isArchived ? "1" : "" }),
    });
  });

  app.get("/organizations/new", { config: { access: "administrator" } }, async (_request, reply) => {
    return await reply.page("organizations/new", { ...readOrganizationForm({}), problems: {}, limits });
  });

  app.post("/organizations", { config: { access: "administrator" } }, async (request, reply) => {
    const form = readOrganizationForm(request.body);
    const { organization, problems } = form;
    const now = clock();
    const id = await db.transaction().execute(async (trx) => {
      if ((await findOrganizationId(trx, organization.crmId)) !== null) {
        problems.crmId = "organization.problem.crmIdTaken";
      }
      if (Object.keys(problems).length > 0) return null;
      const organizationId = await addOrganization(trx, organization, now);
      const { name: subject, crmId: detail } = organization;
      await recordEvent(
        trx,
        request.actor(),
        { action: "organization_create", subject, organizationId, detail },
        now,
      );
      return organizationId;
    });
    if (id !== null) return reply.redirect(`/organizations/${id}`, 303);
    reply.code(422);
    return await reply.page("organizations/new", { ...form, limits });
  });
}
