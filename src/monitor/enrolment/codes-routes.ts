import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textFields } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { listActiveOrganizations } from "../organizations/registry/active-organizations.ts";
import { type CodeForm, LIFETIMES, readCodeForm } from "./code-form.ts";
import { listAwaited } from "./decide-enrolment.ts";
import {
  createEnrolmentCode,
  findUsableCode,
  listEnrolmentCodes,
  takeBackEnrolmentCode,
} from "./enrolment-codes.ts";
import { enrolmentCommand, findAgentAddress } from "./enrolment-command.ts";
import { ENROLMENTS_URL, enrolmentsModel, newCodeModel, withdrawalConfirmation } from "./enrolments-model.ts";
import { listEnrolled } from "./list-enrolled.ts";

const LISTED = 200;

type CodeRequest = FastifyRequest<WithId>;

/** `/enrolments`: codes by which agents are let in, and who has come by them. */
export async function enrolmentCodeRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: CodeRequest) => readId(request.params.id) ?? 0;

  app.get(ENROLMENTS_URL, access, async (request, reply) => {
    const { notice } = textFields(request.query, ["notice"]);
    const known = {
      awaited: await listAwaited(db, LISTED),
      codes: await listEnrolmentCodes(db, LISTED),
      enrolled: await listEnrolled(db, LISTED),
    };
    const model = enrolmentsModel(request.viewer, known, app.clock());
    const isKnownNotice = notice === "withdrawn" || notice === "refused";
    return await reply.page("enrolment/list", { ...model, notice: isKnownNotice ? notice : null });
  });

  app.get(`${ENROLMENTS_URL}/new`, access, async (request, reply) => {
    const { organization } = textFields(request.query, ["organization"]);
    return await showForm(reply, {
      typed: { organization, uses: "1", days: String(LIFETIMES[0]) },
      problems: {},
    });
  });

  app.post(ENROLMENTS_URL, access, async (request, reply) => {
    const { wanted, ...form } = readCodeForm(request.body);
    const monitor = await findAgentAddress(request);
    if (!wanted || monitor === null) return await showForm(reply.code(422), form);
    const { organizationId, maxUses, lifetimeMs } = wanted;
    const now = app.clock();
    const code = { organizationId, maxUses, endsAt: now + lifetimeMs };
    const secret = await createEnrolmentCode(db, request.actor(), code, now);
    if (secret === null) {
      const problems = { organization: "enrolment.problem.no_organization" };
      return await showForm(reply.code(422), { ...form, problems });
    }
    const { t, format } = request.viewer;
    // The only page that shows it: nothing that could show it again is stored.
    return await reply.page("enrolment/code", {
      command: enrolmentCommand({ monitor, pins: [...app.monitorPins], secret }),
      text: t("enrolment.codeEnds", { time: format.time(code.endsAt, now), count: maxUses }),
    });
  });

  app.get(`${ENROLMENTS_URL}/:id/withdrawal/new`, access, async (request: CodeRequest, reply) => {
    const code = await findUsableCode(db, idOf(request), app.clock());
    if (!code) return reply.callNotFound();
    const model = withdrawalConfirmation(request.viewer, code, app.clock());
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post(`${ENROLMENTS_URL}/:id/withdrawal`, access, async (request: CodeRequest, reply) => {
    const isTakenBack = await takeBackEnrolmentCode(db, request.actor(), idOf(request), app.clock());
    return isTakenBack ? reply.leadTo(`${ENROLMENTS_URL}?notice=withdrawn`) : reply.callNotFound();
  });

  async function showForm(reply: FastifyReply, form: CodeForm) {
    const organizations = await listActiveOrganizations(db);
    const isAddressMissing = (await findAgentAddress(reply.request)) === null;
    const model = newCodeModel(reply.request.viewer, form, organizations);
    return await reply.page("enrolment/new", { ...model, isAddressMissing });
  }
}
