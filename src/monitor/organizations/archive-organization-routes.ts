import type { FastifyInstance, FastifyReply } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { endTakingsWithoutRight } from "../fleet/end-takings.ts";
import { isChecked } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { hasOpenRequest } from "../requests/has-open-request.ts";
import { archivingModel } from "./organization-model.ts";
import {
  countPosServersOf,
  findOrganization,
  type Organization,
  setArchived,
} from "./registry/organizations.ts";

/** `/organizations/:id/archiving`: asks before an organization is archived, and takes it back. */
export async function archiveOrganizationRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get<WithId>("/organizations/:id/archiving/new", access, async (request, reply) => {
    const organization = await findOrganization(db, request.params.id);
    if (!organization) return reply.callNotFound();
    if (organization.archivedAt !== null) return reply.leadTo(`/organizations/${organization.id}`);
    return await ask(reply, organization, null);
  });

  app.post<WithId>("/organizations/:id/archiving", access, async (request, reply) => {
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
        if (isArchived) await endTakingsWithoutRight(trx, now);
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
