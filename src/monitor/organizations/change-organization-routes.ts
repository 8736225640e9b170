import type { FastifyInstance } from "fastify";
import { describeChanges } from "../audit-log/detail.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import type { WithId } from "../forms/id.ts";
import { readOrganizationForm } from "./organization-form.ts";
import { changedOrganizationModel } from "./organization-model.ts";
import { changeOrganization, findOrganization } from "./registry/organizations.ts";
import { findOrganizationId } from "./registry/registry.ts";

/** `/organizations/:id/edit`: another name, another CrmId. */
export async function changeOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get<WithId>("/organizations/:id/edit", access, async (request, reply) => {
    const organization = await findOrganization(db, request.params.id);
    if (!organization) return reply.callNotFound();
    const { name, crmId } = organization;
    const form = { typed: { name, crmId }, problems: {} };
    const model = changedOrganizationModel(request.viewer, organization, form);
    return await reply.page("organizations/edit", model);
  });

  app.post<WithId>("/organizations/:id", access, async (request, reply) => {
    const organization = await findOrganization(db, request.params.id);
    if (!organization) return reply.callNotFound();
    const { id: organizationId } = organization;
    const form = readOrganizationForm(request.body);
    const { organization: changed, problems } = form;
    const isSaved = await db.transaction().execute(async (trx) => {
      const owner = await findOrganizationId(trx, changed.crmId);
      if (owner !== null && owner !== organizationId) problems.crmId = "organization.problem.crmIdTaken";
      if (Object.keys(problems).length > 0) return false;
      const detail = describeChanges({
        name: [organization.name, changed.name],
        crmId: [organization.crmId, changed.crmId],
      });
      if (detail.length === 0) return true;
      await changeOrganization(trx, organizationId, changed);
      const event = { action: "organization_change", subject: changed.name, organizationId, detail } as const;
      await recordEvent(trx, request.actor(), event, app.clock());
      return true;
    });
    if (isSaved) return reply.redirect(`/organizations/${organizationId}`, 303);
    reply.code(422);
    const model = changedOrganizationModel(request.viewer, organization, form);
    return await reply.page("organizations/edit", model);
  });
}
