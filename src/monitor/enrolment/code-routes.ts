import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { listOrganizations } from "../fleet/summary.ts";
import { readForm, readId, type WithId } from "../forms/fields.ts";
import { findAgentAddress, isOnlyHere } from "../installation/addresses.ts";
import { found } from "../plugins/found.ts";
import { findRegisteredPosServer, type RegisteredPosServer } from "../registry/pos-servers.ts";
import { codeUrl, ENROLMENTS_URL } from "./addresses.ts";
import { type CodeForm, checkCodeForm, LIFETIMES, NewCodeForm } from "./code-form.ts";
import { codeModel, codeState, newCodeModel, withdrawalConfirmation } from "./code-model.ts";
import { createEnrolmentCode, findEnrolmentCode, takeBackEnrolmentCode } from "./enrolment-codes.ts";
import { enrolmentCommands, ISSUED_COMMANDS } from "./enrolment-commands.ts";

type CodeRequest = FastifyRequest<WithId>;

/** `/enrolments/new` and `/enrolments/:id`: codes are made, shown once, and withdrawn. */
export async function enrolmentCodeRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: CodeRequest) => readId(request.params.id) ?? 0;

  app.get(`${ENROLMENTS_URL}/new`, access, async (request, reply) => {
    const asked = readForm(NewCodeForm, request.query);
    const posServer = await findWanted(asked.posServer);
    const typed = { ...asked, uses: "1", days: String(LIFETIMES[0]) };
    return await showForm(reply, { typed, problems: {} }, posServer);
  });

  app.post(ENROLMENTS_URL, access, async (request, reply) => {
    const typed = readForm(NewCodeForm, request.body);
    const posServer = await findWanted(typed.posServer);
    const { wanted, ...form } = checkCodeForm(typed, posServer);
    const monitor = await findAgentAddress(request);
    if (!wanted || monitor === null) return await showForm(reply.code(422), form, posServer);
    const { lifetimeMs, ...forWhom } = wanted;
    const now = app.clock();
    const endsAt = now + lifetimeMs;
    const made = await createEnrolmentCode(db, request.actor(), { ...forWhom, endsAt }, now);
    if (made === null) {
      const problems = { organization: "enrolment.problem.no_organization" };
      return await showForm(reply.code(422), { ...form, problems }, posServer);
    }
    const code = { monitor, pins: [...app.monitorPins], secret: made.secret };
    const commands = enrolmentCommands(request.viewer.t, code, await app.agentPackages.findOffered());
    return reply.flash(codeUrl(made.id), ISSUED_COMMANDS, { ...commands, monitor, endsAt });
  });

  app.get(`${ENROLMENTS_URL}/:id`, access, async (request: CodeRequest, reply) => {
    const code = found(await findEnrolmentCode(db, idOf(request)));
    const issued = request.flashed(ISSUED_COMMANDS);
    return await reply.page("enrolment/code", codeModel(request.viewer, code, issued, app.clock()));
  });

  app.get(`${ENROLMENTS_URL}/:id/withdrawal/new`, access, async (request: CodeRequest, reply) => {
    const code = await findEnrolmentCode(db, idOf(request));
    const now = app.clock();
    if (!code || codeState(code, now) !== "open") return reply.callNotFound();
    const model = withdrawalConfirmation(request.viewer, code, now);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post(`${ENROLMENTS_URL}/:id/withdrawal`, access, async (request: CodeRequest, reply) => {
    const isTakenBack = await takeBackEnrolmentCode(db, request.actor(), idOf(request), app.clock());
    return isTakenBack ? reply.leadTo(`${ENROLMENTS_URL}?notice=withdrawn`) : reply.callNotFound();
  });

  async function findWanted(id: string): Promise<RegisteredPosServer | null> {
    return id === "" ? null : found(await findRegisteredPosServer(db, app.secretBox, id));
  }

  async function showForm(reply: FastifyReply, form: CodeForm, posServer: RegisteredPosServer | null) {
    const organizations = await listOrganizations(db, "all");
    const monitor = await findAgentAddress(reply.request);
    const model = newCodeModel(reply.request.viewer, form, organizations, posServer);
    return await reply.page("enrolment/new", {
      ...model,
      monitor,
      isOnlyHere: monitor !== null && isOnlyHere(monitor),
    });
  }
}
