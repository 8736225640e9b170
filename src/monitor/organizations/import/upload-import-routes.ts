import multipart from "@fastify/multipart";
import { create as contentDisposition } from "content-disposition";
import type { FastifyInstance, FastifyReply } from "fastify";
import { ImportFileError, type ImportFileProblem } from "./import-file-error.ts";
import { importTemplate } from "./import-template.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import { parseImportFile } from "./parse-import-file.ts";
import type { PendingImports } from "./pending-imports.ts";
import { planImport } from "./plan-import.ts";
import { flattenParts, uploadOf } from "./upload.ts";
import { uploadModel } from "./upload-model.ts";

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** `/organizations/import/new`: the template, and the upload of a file, which is only kept. */
export async function uploadImportRoutes(
  app: FastifyInstance,
  { pendingImports }: { pendingImports: PendingImports },
): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const { secretBox } = app;
  await app.register(multipart, {
    attachFieldsToBody: true,
    // One byte more than is allowed tells a file that is too large from one that just fits.
    limits: { fileSize: MAX_FILE_BYTES + 1, files: 1, fields: 10, fieldSize: 1024, parts: 12 },
    throwFileSizeLimit: false,
  });

  app.get("/organizations/import/new", access, async (_request, reply) => {
    return await uploadPage(reply, null);
  });

  app.get("/organizations/import/template.xlsx", access, async (request, reply) => {
    return reply
      .type(XLSX_TYPE)
      .header("content-disposition", contentDisposition("poswatch-import.xlsx"))
      .send(Buffer.from(await importTemplate(request.viewer.language)));
  });

  app.post(
    "/organizations/import",
    { config: { access: "administrator" }, preValidation: flattenParts },
    async (request, reply) => {
      const upload = uploadOf(request.body);
      if (!upload) return await refuseUpload(reply, { code: "empty_file", values: {} });
      try {
        const parsed = await parseImportFile(upload.bytes, upload.fileName);
        const plan = await planImport(db, secretBox, parsed, app.clock());
        const id = pendingImports.keep(request.signedInUser().id, plan, app.clock());
        return reply.redirect(`/organizations/import/${id}`, 303);
      } catch (error) {
        if (!(error instanceof ImportFileError)) throw error;
        return await refuseUpload(reply, error.problem);
      }
    },
  );

  async function refuseUpload(reply: FastifyReply, problem: ImportFileProblem) {
    reply.code(422);
    return await uploadPage(reply, problem);
  }

  async function uploadPage(reply: FastifyReply, problem: ImportFileProblem | null) {
    return await reply.page("organizations/import/new", uploadModel(reply.request.viewer, problem));
  }
}
