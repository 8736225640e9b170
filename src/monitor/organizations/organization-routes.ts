import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { describeChanges } from "../audit-log/detail.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { findOpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { readForm, Text, Tick, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import {
  changeOrganization,
  countArchivedOrganizations,
  countPosServersOf,
  countProblemsOf,
  findOrganization,
  type Organization,
  searchOrganizations,
  setArchived,
} from "../registry/organizations.ts";
import { listRegisteredPosServers } from "../registry/pos-servers.ts";
import { addOrganization, findOrganizationId, organizationCreated } from "../registry/registry.ts";
import { hasOpenRequest } from "../requests/claims.ts";
import { endAcknowledgementsWithoutRight } from "../restaurants/end-acknowledgements.ts";
import { IMPORT_DONE } from "./import/import-model.ts";
import { importRoutes } from "./import/import-routes.ts";
import { registryRoutes } from "./listing/registry-routes.ts";
import { moveOrDeleteRoutes } from "./move-or-delete-routes.ts";
import { type OrganizationForm, readOrganizationForm } from "./organization-form.ts";
import {
  archivingModel,
  changedOrganizationModel,
  newOrganizationModel,
  organizationModel,
  organizationsModel,
} from "./organization-model.ts";
import { registeredPosServerRoutes } from "./pos-server-routes.ts";

const MAX_SEARCH_LENGTH = 200;

const ListQuery = Type.Object({ q: Text, archived: Text, page: Text });
const PageQuery = Type.Object({ page: Text });
const ArchivingForm = Type.Object({ archived: Tick });

export async function organizationPagesRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get("/organizations", access, async (request, reply) => {
    const { q, archived, page } = readForm(ListQuery, request.query);
    const search = q.trim().slice(0, MAX_SEARCH_LENGTH);
    const isArchived = archived === "1";
    const found = await searchOrganizations(db, { search, isArchived });
    const archivedCount = await countArchivedOrganizations(db);
    const imported = request.flashed(IMPORT_DONE);
    const asked = { search, isArchived, found, archivedCount, page, imported };
    return await reply.page("organizations/list", organizationsModel(request.viewer, asked));
  });

  app.get("/organizations/new", access, async (request, reply) => {
    return await showForm(reply, { ...readOrganizationForm(request.query), problems: {} });
  });

  app.post("/organizations", access, async (request, reply) => {
    const form = readOrganizationForm(request.body);
    const { organization, problems, enrolmentId } = form;
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
    if (id === null) return await showForm(reply.code(422), form);
    return reply.redirect(enrolmentId === null ? `/organizations/${id}` : enrolmentUrl(enrolmentId), 303);
  });

  app.get<WithId>("/organizations/:id", access, async (request, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    const { page } = readForm(PageQuery, request.query);
    const posServers = await listRegisteredPosServers(db, organization.id);
    const problems = await countProblemsOf(db, organization.id);
    const openingHours = await findOpeningHours(db, { organizationId: organization.id });
    const shown = { organization, posServers, problems, page, openingHours };
    return await reply.page("organizations/show", organizationModel(request.viewer, shown, app.clock()));
  });

  app.get<WithId>("/organizations/:id/edit", access, async (request, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    const { name, crmId } = organization;
    const form = { typed: { name, crmId }, problems: {} };
    const model = changedOrganizationModel(request.viewer, organization, form);
    return await reply.page("organizations/edit", model);
  });

  app.post<WithId>("/organizations/:id", access, async (request, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
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

  app.get<WithId>("/organizations/:id/archiving/new", access, async (request, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    if (organization.archivedAt !== null) return reply.leadTo(`/organizations/${organization.id}`);
    return await ask(reply, organization, null);
  });

  app.post<WithId>("/organizations/:id/archiving", access, async (request, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    const { id: organizationId, name: subject, archivedAt } = organization;
    const { archived: isArchived } = readForm(ArchivingForm, request.body);
    if (isArchived !== (archivedAt !== null)) {
      const action = isArchived ? "organization_archive" : "organization_restore";
      const now = app.clock();
      const isSaved = await db.transaction().execute(async (trx) => {
        if (isArchived && (await hasOpenRequest(trx, "posServer.organizationId", organizationId)))
          return false;
        await setArchived(trx, organizationId, isArchived ? now : null);
        await recordEvent(trx, request.actor(), { action, subject, organizationId }, now);
        if (isArchived) await endAcknowledgementsWithoutRight(trx, now);
        return true;
      });
      if (!isSaved) {
        reply.code(409);
        return await ask(reply, organization, "organization.problem.underWay");
      }
    }
    return reply.leadTo(`/organizations/${organizationId}`);
  });

  async function ask(reply: FastifyReply, organization: Organization, problem: string | null) {
    const posServers = await countPosServersOf(db, organization.id);
    const model = archivingModel(reply.request.viewer, organization, posServers, problem);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "organizations" });
  }
}

function enrolmentUrl(id: number): string {
  return `/enrolments/agents/${id}/confirmation/new`;
}

async function showForm(reply: FastifyReply, form: OrganizationForm) {
  const { enrolmentId } = form;
  const model = newOrganizationModel(reply.request.viewer, form);
  const backUrl = enrolmentId === null ? "/organizations" : enrolmentUrl(enrolmentId);
  return await reply.page("organizations/new", { ...model, backUrl, enrolmentId });
}

export async function organizationRoutes(app: FastifyInstance): Promise<void> {
  await organizationPagesRoutes(app);
  await registeredPosServerRoutes(app);
  await moveOrDeleteRoutes(app);
  await importRoutes(app);
  await registryRoutes(app);
}
