import type { FastifyInstance, FastifyReply } from "fastify";
import { describeChanges } from "../audit-log/describe-changes.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { isChecked, textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import { hasOpenRequest } from "../requests/has-open-request.ts";
import { paginate } from "../viewer/pages.ts";
import { readOrganizationForm } from "./organization-form.ts";
import { MAX_NAME_LENGTH } from "./registry/names.ts";
import { changeOrganization, findOrganization, setArchived } from "./registry/organizations.ts";
import { listRegisteredPosServers } from "./registry/pos-servers.ts";
import { findOrganizationId } from "./registry/registry.ts";
import type { OrganizationRouteOptions } from "./routes.ts";

interface WithId {
  Params: { id: string };
}

/** `/organizations/:id`: its POS servers; rename, another CrmId, archive and restore. */
export async function oneOrganizationRoutes(
  app: FastifyInstance,
  { clock }: OrganizationRouteOptions,
): Promise<void> {
  const { db } = app.database;
  const limits = { maxLength: MAX_NAME_LENGTH };
  const find = async (text: string) => {
    const id = readId(text);
    return id === null ? null : await findOrganization(db, id);
  };

  app.get<WithId>("/organizations/:id", { config: { access: "administrator" } }, async (request, reply) => {
    const organization = await find(request.params.id);
    if (!organization) return reply.callNotFound();
    const { page } = textFields(request.query, ["page"]);
    return await show(reply, organization, { page });
  });

  app.get<WithId>(
    "/organizations/:id/edit",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const organization = await find(request.params.id);
      if (!organization) return reply.callNotFound();
      const { name, crmId } = organization;
      return await reply.page("organizations/edit", {
        organization,
        typed: { name, crmId },
        problems: {},
        limits,
      });
    },
  );

  app.post<WithId>("/organizations/:id", { config: { access: "administrator" } }, async (request, reply) => {
    const organization = await find(request.params.id);
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
        CrmId: [organization.crmId, changed.crmId],
      });
      if (detail === null) return true;
      await changeOrganization(trx, organizationId, changed);
      await recordEvent(
        trx,
        request.actor(),
        { action: "organization_change", subject: changed.name, organizationId, detail },
        clock(),
      );
      return true;
    });
    if (isSaved) return reply.redirect(`/organizations/${organizationId}`, 303);
    reply.code(422);
    return await reply.page("organizations/edit", { organization, typed: form.typed, problems, limits });
  });

  app.post<WithId>(
    "/organizations/:id/archiving",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const organization = await find(request.params.id);
      if (!organization) return reply.callNotFound();
      const { id: organizationId, name: subject, archivedAt } = organization;
      const isArchived = isChecked(request.body, "archived");
      if (isArchived !== (archivedAt !== null)) {
        const action = isArchived ? "organization_archive" : "organization_restore";
        const now = clock();
        const isSaved = await db.transaction().execute(async (trx) => {
          if (isArchived && (await hasOpenRequest(trx, "pos_server.organization_id", organizationId)))
            return false;
          await setArchived(trx, organizationId, isArchived ? now : null);
          await recordEvent(trx, request.actor(), { action, subject, organizationId }, now);
          return true;
        });
        if (!isSaved) {
          reply.code(409);
          return await show(reply, organization, { page: "", problem: "organization.problem.underWay" });
        }
      }
      return reply.redirect(`/organizations/${organizationId}`, 303);
    },
  );

  async function show(
    reply: FastifyReply,
    organization: NonNullable<Awaited<ReturnType<typeof find>>>,
    { page, problem = null }: { page: string; problem?: string | null },
  ) {
    const posServers = await listRegisteredPosServers(db, organization.id);
    return await reply.page("organizations/show", {
      organization,
      problem,
      total: posServers.length,
      ...paginate(posServers, page, `/organizations/${organization.id}`),
    });
  }
}
