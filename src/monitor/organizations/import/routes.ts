import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recordEvent } from "../../audit-log/record-event.ts";
import { textFields } from "../../forms/fields.ts";
import { type AppliedImport, applyImport, ImportNotAppliedError } from "./apply-import.ts";
import { ImportFileError, type ImportFileProblem } from "./import-file-error.ts";
import type { ImportPlan } from "./import-plan.ts";
import { importTemplate } from "./import-template.ts";
import { MAX_FILE_BYTES, MAX_INFLATED_BYTES, MAX_ROWS } from "./limits.ts";
import { parseImportFile } from "./parse-import-file.ts";
import { createPendingImports } from "./pending-imports.ts";
import { planImport } from "./plan-import.ts";
import { previewModel } from "./preview.ts";
import { flattenParts, uploadOf } from "./upload.ts";

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export interface ImportRouteOptions {
  /** ms UTC. */
  clock: () => number;
}

interface WithId {
  Params: { id: string };
}

/** `/organizations/import`: upload → preview → apply; and the template. */
export async function importRoutes(app: FastifyInstance, { clock }: ImportRouteOptions): Promise<void> {
  const { db } = app.database;
  const { secretBox } = app;
  const pending = createPendingImports();
  await app.register(multipart, {
    attachFieldsToBody: true,
    // One byte more than is allowed tells a file that is too large from one that just fits.
    limits: { fileSize: MAX_FILE_BYTES + 1, files: 1, fields: 10, fieldSize: 1024, parts: 12 },
    throwFileSizeLimit: false,
  });

  app.get("/organizations/import/new", { config: { access: "administrator" } }, async (_request, reply) => {
    return await uploadPage(reply, null);
  });

  app.get(
    "/organizations/import/template.xlsx",
    { config: { access: "administrator" } },
    async (request, reply) => {
      return reply
        .type(XLSX_TYPE)
        .header("content-disposition", 'attachment; filename="poswatch-import.xlsx"')
        .send(Buffer.from(importTemplate(request.viewer.language)));
    },
  );

  app.post(
    "/organizations/import",
    { config: { access: "administrator" }, preValidation: flattenParts },
    async (request, reply) => {
      const upload = uploadOf(request.body);
      if (!upload) return await refuseUpload(reply, { code: "empty_file", values: {} });
      try {
        const parsed = await parseImportFile(upload.bytes, upload.fileName);
        const plan = await planImport(db, secretBox, parsed);
        const id = pending.keep(request.signedInUser().id, plan, clock());
        return reply.redirect(`/organizations/import/${id}`, 303);
      } catch (error) {
        if (!(error instanceof ImportFileError)) throw error;
        return await refuseUpload(reply, error.problem);
      }
    },
  );

  app.get<WithId>(
    "/organizations/import/:id",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const plan = findPending(request);
      if (!plan) return await reply.code(404).page("organizations/import/expired", {});
      return await preview(request, reply, request.params.id, plan);
    },
  );

  app.post<WithId>(
    "/organizations/import/:id",
    { config: { access: "administrator" } },
    async (request, reply) => {
      const plan = findPending(request);
      if (!plan) return await reply.code(404).page("organizations/import/expired", {});
      const { id: userId } = request.signedInUser();
      try {
        const applied = await apply(request, plan);
        pending.drop(userId, request.params.id);
        return await reply.page("organizations/import/done", { ...applied, fileName: plan.parsed.fileName });
      } catch (error) {
        if (!(error instanceof ImportNotAppliedError)) throw error;
        pending.drop(userId, request.params.id);
        const id = pending.keep(userId, error.plan, clock());
        reply.code(422);
        return await preview(request, reply, id, error.plan, true);
      }
    },
  );

  function findPending(request: FastifyRequest<WithId>) {
    return pending.find(request.signedInUser().id, request.params.id, clock());
  }

  async function apply(request: FastifyRequest, plan: ImportPlan): Promise<AppliedImport> {
    const now = clock();
    return await db.transaction().execute(async (trx) => {
      const applied = await applyImport(trx, secretBox, plan, now);
      const { createdOrganizations, createdPosServers, changedPosServers } = applied;
      await recordEvent(
        trx,
        request.actor(),
        {
          action: "import",
          subject: plan.parsed.fileName,
          detail: `created: ${createdPosServers}; changed: ${changedPosServers}; organizations: ${createdOrganizations}`,
        },
        now,
      );
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
    return await reply.page("organizations/import/preview", { ...previewModel(id, plan, query), hasChanged });
  }

  async function refuseUpload(reply: FastifyReply, problem: ImportFileProblem) {
    reply.code(422);
    return await uploadPage(reply, problem);
  }

  async function uploadPage(reply: FastifyReply, problem: ImportFileProblem | null) {
    const limits = { maxBytes: MAX_FILE_BYTES, maxRows: MAX_ROWS, maxInflatedBytes: MAX_INFLATED_BYTES };
    return await reply.page("organizations/import/new", { problem, limits });
  }
}
