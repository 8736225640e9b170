import type { FastifyInstance, FastifyReply } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { isChecked, textFields } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { hasOpenRequest } from "../requests/has-open-request.ts";
import { organizationModel } from "./organization-model.ts";
import { findOrganization, type Organization, setArchived } from "./registry/organizations.ts";
import { listRegisteredPosServers } from "./registry/pos-servers.ts";

/** `/organizations/:id`: its POS servers; archive and restore. */
export async function showOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/organizations/:id", { config: { access: "administrator" } }, async (request, reply) => {
    const organization = await findOrganization(db, request.params.id);
    if (!organization) return reply.callNotFound();
    const { page } = textFields(request.query, ["page"]);
    return await show(reply, organization, { page });
  });

  app.post<WithId>(
    "/organizations/:id/archiving",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const organization = await findOrganization(db, request.params.id);
      if (!organization) return reply.callNotFound();
      const { id: organizationId, name: subject, archivedAt } = organization;
      const isArchived = isChecked(request.body, "archived");
      if (isArchived !== (archivedAt !== null)) {
        const action = isArchived ? "organization_archive" : "organization_restore";
        const now = app.clock();
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
    organization: Organization,
    { page, problem = null }: { page: string; problem?: string | null },
  ) {
    const posServers = await listRegisteredPosServers(db, organization.id);
    const shown = { organization, posServers, page, problem };
    return await reply.page("organizations/show", organizationModel(reply.request.viewer, shown));
  }
}
