import type { FastifyInstance, FastifyReply } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { type OrganizationForm, readOrganizationForm } from "./organization-form.ts";
import { newOrganizationModel } from "./organization-model.ts";
import { organizationCreated } from "./registry/events.ts";
import { addOrganization, findOrganizationId } from "./registry/registry.ts";

/** `/organizations/new` and `POST /organizations`: a new organization. */
export async function addOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/organizations/new", { config: { access: "administrator" } }, async (request, reply) => {
    const { typed } = readOrganizationForm(request.query);
    return await showForm(reply, { typed, problems: {} }, agentOf(request.query));
  });

  app.post("/organizations", { config: { access: "administrator" } }, async (request, reply) => {
    const form = readOrganizationForm(request.body);
    const { organization, problems } = form;
    const agent = agentOf(request.body);
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
    if (id === null) return await showForm(reply.code(422), form, agent);
    return reply.redirect(agent?.url ?? `/organizations/${id}`, 303);
  });
}

/** An agent that waits for its organization, and where it is let in then. */
interface WaitingAgent {
  id: number;
  url: string;
}

function agentOf(fields: unknown): WaitingAgent | null {
  const id = readId(textFields(fields, ["enrolment"]).enrolment);
  return id === null ? null : { id, url: `/enrolments/agents/${id}/confirmation/new` };
}

async function showForm(
  reply: FastifyReply,
  form: Pick<OrganizationForm, "typed" | "problems">,
  agent: WaitingAgent | null,
) {
  const model = newOrganizationModel(reply.request.viewer, form);
  const backUrl = agent?.url ?? "/organizations";
  return await reply.page("organizations/new", { ...model, backUrl, enrolmentId: agent?.id ?? null });
}
