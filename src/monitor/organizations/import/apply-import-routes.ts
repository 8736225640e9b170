import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recordEvent } from "../../audit-log/record-event.ts";
import { textFields } from "../../forms/fields.ts";
import type { WithId } from "../../forms/id.ts";
import { type AppliedImport, applyImport, ImportNotAppliedError } from "./apply-import.ts";
import { IMPORT_DONE } from "./import-done.ts";
import type { ImportPlan } from "./import-plan.ts";
import type { PendingImports } from "./pending-imports.ts";
import { importPreviewModel } from "./preview-model.ts";

/** `/organizations/import/:id`: what an uploaded file would change, and the change itself. */
export async function applyImportRoutes(
  app: FastifyInstance,
  { pendingImports }: { pendingImports: PendingImports },
): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const { secretBox } = app;

  app.get<WithId>("/organizations/import/:id", access, async (request, reply) => {
    const plan = findPending(request);
    if (!plan) return await reply.code(404).page("organizations/import/expired", {});
    return await preview(request, reply, request.params.id, plan);
  });

  app.post<WithId>("/organizations/import/:id", access, async (request, reply) => {
    const plan = findPending(request);
    if (!plan) return await reply.code(404).page("organizations/import/expired", {});
    const { id: userId } = request.signedInUser();
    try {
      const applied = await apply(request, plan);
      pendingImports.drop(userId, request.params.id);
      return reply.tellOnce("/organizations", IMPORT_DONE, applied);
    } catch (error) {
      if (!(error instanceof ImportNotAppliedError)) throw error;
      const { id } = request.params;
      pendingImports.replace(userId, id, error.plan, app.clock());
      reply.code(422);
      return await preview(request, reply, id, error.plan, true);
    }
  });

  function findPending(request: FastifyRequest<WithId>) {
    return pendingImports.find(request.signedInUser().id, request.params.id, app.clock());
  }

  async function apply(request: FastifyRequest, plan: ImportPlan): Promise<AppliedImport> {
    const now = app.clock();
    return await db.transaction().execute(async (trx) => {
      const applied = await applyImport(trx, secretBox, request.actor(), plan, now);
      const { createdPosServers: created, changedPosServers: changed, createdOrganizations } = applied;
      const values = { created, changed, organizations: createdOrganizations };
      const detail = [{ key: "imported", values }] as const;
      const event = { action: "import", subject: plan.parsed.fileName, detail } as const;
      await recordEvent(trx, request.actor(), event, now);
      return applied;
    });
  }

  async function preview(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    plan: ImportPlan,
    hasChanged = false,
  ) {
    const query = textFields(request.query, ["show", "page"]);
    const model = importPreviewModel(request.viewer, { id, plan, query, hasChanged });
    return await reply.page("organizations/import/preview", model);
  }
}
