import type { FastifyInstance } from "fastify";
import { ENROLMENTS_URL } from "../enrolment/enrolments-model.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { readOrganizationForm } from "../organizations/organization-form.ts";
import { addOrganizationOfAgent } from "./add-organization.ts";
import { FIRST_START_URL } from "./first-start-model.ts";
import { showFirstStart } from "./show-page.ts";

/** `POST /first-start/organizations`: the organization of an agent that waits, which is let in with it. */
export async function addOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post(
    `${FIRST_START_URL}/organizations`,
    { config: { access: "administrator" } },
    async (request, reply) => {
      const enrolmentId = readId(textFields(request.body, ["enrolment"]).enrolment) ?? 0;
      const { typed, organization, problems } = readOrganizationForm(request.body);
      if (Object.keys(problems).length > 0) {
        return await showFirstStart(reply.code(422), { enrolmentId, typed, problems });
      }
      const wanted = { enrolmentId, organization };
      const outcome = await addOrganizationOfAgent(db, app.secretBox, request.actor(), wanted, app.clock());
      if (outcome === "crm_id_taken") {
        const taken = { crmId: "organization.problem.crmIdTaken" };
        return await showFirstStart(reply.code(422), { enrolmentId, typed, problems: taken });
      }
      // Somebody else has decided of it, or has registered it in another way.
      if (outcome === "gone") return reply.leadTo(FIRST_START_URL);
      if (outcome === "identity_taken")
        return reply.leadTo(`${ENROLMENTS_URL}/agents/${enrolmentId}/confirmation/new`);
      app.poller.hurry(outcome.posServerId);
      return reply.leadTo(FIRST_START_URL);
    },
  );
}
