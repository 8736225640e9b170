import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { listOrganizations } from "../fleet/summary.ts";
import { readForm, readId, type WithId } from "../forms/fields.ts";
import { findActiveOrganization } from "../registry/organizations.ts";
import { listRegisteredPosServers } from "../registry/pos-servers.ts";
import { ENROLMENTS_URL, posServerUrl } from "./addresses.ts";
import {
  type ConfirmationForm,
  confirmationModel,
  FIELD_OF_PROBLEM,
  readConfirmationForm,
  refusalConfirmation,
} from "./confirmation-form.ts";
import {
  type AwaitedEnrolment,
  confirmEnrolment,
  findAwaited,
  findEnrolled,
  refuseEnrolment,
} from "./decide-enrolment.ts";
import { freeName } from "./let-in.ts";

const OrganizationQuery = Type.Object({ organization: Type.Optional(Type.String()) });

type AgentRequest = FastifyRequest<WithId>;

/** `/enrolments/agents/:id`: administrators confirm or refuse waiting agents. */
export async function decideEnrolmentRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: AgentRequest) => readId(request.params.id) ?? 0;

  app.get(`${ENROLMENTS_URL}/agents/:id/confirmation/new`, access, async (request: AgentRequest, reply) => {
    const awaited = await findAwaited(db, idOf(request));
    if (!awaited) return await leadToDecided(reply, idOf(request));
    const { organization } = readForm(OrganizationQuery, request.query);
    const posServerId = awaited.likelyPosServerId;
    const typed = {
      organization: (awaited.crmId === null ? organization : null) ?? (await likelyOrganization(awaited)),
      posServer: posServerId === null ? "" : String(posServerId),
      name: "",
    };
    const organizationId = readId(typed.organization);
    if (organizationId !== null) typed.name = await freeName(db, organizationId, awaited.host);
    const isMissing = organizationId === null && awaited.crmId === null && organization !== undefined;
    const problems: Record<string, string> = isMissing ? { organization: "form.required" } : {};
    return await showForm(reply, awaited, { typed, problems });
  });

  app.post(`${ENROLMENTS_URL}/agents/:id/confirmation`, access, async (request: AgentRequest, reply) => {
    const id = idOf(request);
    const awaited = await findAwaited(db, id);
    if (!awaited) return await leadToDecided(reply, id);
    const { wanted, ...form } = readConfirmationForm(request.body);
    if (!wanted) return await showForm(reply.code(422), awaited, form);
    const now = app.clock();
    const confirmed = await confirmEnrolment(db, app.secretBox, request.actor(), id, wanted, now);
    if (typeof confirmed !== "string") {
      app.poller.pollSoon(confirmed.posServerId);
      return reply.leadTo(`/pos-servers/${confirmed.posServerId}`);
    }
    const field = FIELD_OF_PROBLEM[confirmed];
    if (!field) return await leadToDecided(reply, id);
    const problems = { [field]: `enrolment.problem.${confirmed}` };
    return await showForm(reply.code(422), awaited, { ...form, problems });
  });

  app.get(`${ENROLMENTS_URL}/agents/:id/refusal/new`, access, async (request: AgentRequest, reply) => {
    const awaited = await findAwaited(db, idOf(request));
    if (!awaited) return await leadToDecided(reply, idOf(request));
    const model = refusalConfirmation(request.viewer, awaited);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post(`${ENROLMENTS_URL}/agents/:id/refusal`, access, async (request: AgentRequest, reply) => {
    const id = idOf(request);
    const isRefused = await refuseEnrolment(db, request.actor(), id, app.clock());
    return isRefused ? reply.leadTo(`${ENROLMENTS_URL}?notice=refused`) : await leadToDecided(reply, id);
  });

  /** By the agent's CrmId, or else by its code. */
  async function likelyOrganization({ organizationId, crmId }: AwaitedEnrolment): Promise<string> {
    const likely = crmId === null ? organizationId : (await findActiveOrganization(db, { crmId }))?.id;
    return String(likely ?? "");
  }

  /** Another administrator was faster: to what became of it; or there is no such agent. */
  async function leadToDecided(reply: FastifyReply, id: number) {
    const decided = await findEnrolled(db, id);
    if (!decided) return reply.callNotFound();
    const { posServerId } = decided;
    return reply.leadTo(posServerId === null ? ENROLMENTS_URL : posServerUrl({ ...decided, posServerId }));
  }

  async function showForm(reply: FastifyReply, awaited: AwaitedEnrolment, form: ConfirmationForm) {
    const organizations = await listOrganizations(db, "all");
    const organizationId = readId(
      awaited.crmId === null ? form.typed.organization : await likelyOrganization(awaited),
    );
    const places = organizationId === null ? [] : await listRegisteredPosServers(db, organizationId);
    const { viewer } = reply.request;
    const model = confirmationModel(viewer, awaited, form, organizations, places, app.clock());
    return await reply.page("enrolment/confirmation", model);
  }
}
