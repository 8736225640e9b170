import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { readOrganizationForm } from "./organization-form.ts";
import { newOrganizationModel } from "./organization-form-model.ts";
import { organizationCreated } from "./registry/events.ts";
import { addOrganization, findOrganizationId } from "./registry/registry.ts";

/** `/organizations/new` and `POST /organizations`: a new organization. */
export async function addOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/organizations/new", { config: { access: "administrator" } }, async (request, reply) => {
    const { typed } = readOrganizationForm(request.query);
    const model = newOrganizationModel(request.viewer, { typed, problems: {} });
    return await reply.page("organizations/new", { ...model, enrolmentId: enrolmentOf(request.query) });
  });

  app.post("/organizations", { config: { access: "administrator" } }, async (request, reply) => {
    const form = readOrganizationForm(request.body);
    const { organization, problems } = form;
    const now = app.clock();
    const id = await db.transaction().execute(async (trx) => {
      if ((await findOrganizationId(trx, organization.crmId)) !== null) {
        problems.crmId = "organization.problem.crmIdTaken";
      }
      if (Object.keys(problems).length > 0) return null;
      const organizationId = await addOrganization(trx, organization, now);
      await recordEvent(trx, request.actor(), organizationCreated(organization, organizationId), now);
      return organizationId;
    });
    const enrolmentId = enrolmentOf(request.body);
    if (id !== null) {
      return reply.redirect(
        enrolmentId === null ? `/organizations/${id}` : `/enrolments/agents/${enrolmentId}/confirmation/new`,
        303,
      );
    }
    reply.code(422);
    const model = newOrganizationModel(request.viewer, form);
    return await reply.page("organizations/new", { ...model, enrolmentId });
  });
}

/** The agent that waits for the organization, to whom it leads back. */
function enrolmentOf(fields: unknown): number | null {
  return readId(textFields(fields, ["enrolment"]).enrolment);
}
