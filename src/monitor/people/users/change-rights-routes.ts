import type { FastifyInstance, FastifyRequest } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { findUserById } from "../registry/users.ts";
import { MAX_RIGHTS_FORM_BYTES, readTicks } from "./rights-form.ts";
import { isOrganizationFound } from "./rights-model.ts";
import { type Rights, saveRights } from "./save-rights.ts";
import { showUser } from "./show-user.ts";

/** `POST /users/:id/rights`: saves the ticks, or, without JavaScript, searches and ticks without saving. */
export async function changeRightsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post(
    "/users/:id/rights",
    { config: { access: "administrator" }, bodyLimit: MAX_RIGHTS_FORM_BYTES },
    async (request: FastifyRequest<WithId>, reply) => {
      const user = await findUserById(db, readId(request.params.id) ?? 0);
      if (!user) return reply.callNotFound();
      const { step, q: search } = textFields(request.body, ["step", "q"]);
      const rights = readTicks(request.body);
      if (step === "save") {
        const isSaved = await saveRights(db, request.actor(), user.id, rights, app.clock());
        if (!isSaved) return reply.callNotFound();
        return reply.redirect(`/users/${user.id}?notice=saved`, 303);
      }
      const found = (await listActiveOrganizations(db)).filter((organization) =>
        isOrganizationFound(organization, search),
      );
      return await showUser(reply, user, { rights: changeTicks(rights, step, found), search });
    },
  );
}

function changeTicks(rights: Rights, step: string, found: readonly { id: number }[]): Rights {
  const organizationIds = new Set(rights.organizationIds);
  for (const { id } of found) {
    if (step === "all") organizationIds.add(id);
    if (step === "none") organizationIds.delete(id);
  }
  return { ...rights, organizationIds };
}
