import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import multipart, { type MultipartFile } from "@fastify/multipart";
import { create as contentDisposition } from "content-disposition";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { Type } from "typebox";
import { createWorkbook } from "../../excel/workbook.ts";
import { readForm, Text, type WithId } from "../../forms/fields.ts";
import { inTurn } from "../../plugins/in-turn.ts";
import { readName } from "../../registry/names.ts";
import { type Language, translator } from "../../viewer/language.ts";
import { applyImport } from "./apply-import.ts";
import { COLUMNS, EXAMPLES, HEADINGS } from "./columns.ts";
import { ImportFileError, type ImportFileProblem, MAX_FILE_BYTES } from "./import-file-error.ts";
import { IMPORT_DONE, importPreviewModel, uploadModel } from "./import-model.ts";
import { IN_TURN, parseImportFile } from "./parse-import-file.ts";
import { type ImportPlan, planImport } from "./plan-import.ts";

const access = { config: { access: "administrator" } } as const;
const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const MAX_FILE_NAME_LENGTH = 120;
const PENDING_IMPORT_MS = 30 * 60_000;
const MAX_PENDING = 20;

/** Plans between preview and apply, only in memory, since they contain tokens: after a restart one has to upload again. */
type PendingImports = LRUCache<string, { userId: number; plan: ImportPlan }>;

const PreviewQuery = Type.Object({ show: Text, page: Text });

declare module "fastify" {
  interface FastifyRequest {
    /** The file of a form; null = none. */
    upload: { fileName: string; bytes: Buffer } | null;
  }
}

/** `/organizations/import`: a file is uploaded, its changes are previewed, and then applied. */
export async function importRoutes(app: FastifyInstance): Promise<void> {
  const pending: PendingImports = new LRUCache({
    max: MAX_PENDING,
    ttl: PENDING_IMPORT_MS,
    ttlAutopurge: true,
  });
  // Encapsulated, since no other address accepts files.
  await app.register(async (uploads) => await uploadRoutes(uploads, pending));
  await applyRoutes(app, pending);
}

/** `/organizations/import/new`: the template, and the upload of a file, which is kept for its preview. */
async function uploadRoutes(app: FastifyInstance, pending: PendingImports): Promise<void> {
  const { db } = app.database;
  const { secretBox } = app;
  app.decorateRequest("upload", null);
  await app.register(multipart, {
    // Fields are like those of other forms, so that the CSRF token is checked too.
    attachFieldsToBody: "keyValues",
    onFile: keepUpload,
    // One byte more than allowed, to recognize a file that is too large.
    limits: { fileSize: MAX_FILE_BYTES + 1, files: 1, fields: 10, fieldSize: 1024, parts: 12 },
    throwFileSizeLimit: false,
  });

  app.get("/organizations/import/new", access, async (_request, reply) => await uploadPage(reply, null));

  app.get("/organizations/import/template.xlsx", access, async (request, reply) => {
    return reply
      .type(XLSX_TYPE)
      .header("content-disposition", contentDisposition("poswatch-import.xlsx"))
      .send(await importTemplate(request.viewer.language));
  });

  app.post("/organizations/import", access, async (request, reply) => {
    const { upload } = request;
    if (!upload?.fileName) return await uploadPage(reply.code(422), { code: "empty_file", values: {} });
    try {
      const parsed = await inTurn(request, reply, IN_TURN, () =>
        parseImportFile(upload.bytes, upload.fileName),
      );
      if (parsed === "left") return reply.code(499).send();
      const plan = await planImport(db, secretBox, parsed, app.clock());
      const id = randomUUID();
      pending.set(id, { userId: request.signedInUser().id, plan });
      return reply.redirect(`/organizations/import/${id}`, 303);
    } catch (error) {
      if (!(error instanceof ImportFileError)) throw error;
      return await uploadPage(reply.code(422), error.problem);
    }
  });

  async function uploadPage(reply: FastifyReply, problem: ImportFileProblem | null) {
    return await reply.page("organizations/import/new", uploadModel(reply.request.viewer, problem));
  }
}

/** `/organizations/import/:id`: the preview of an uploaded file, and applying it. */
async function applyRoutes(app: FastifyInstance, pending: PendingImports): Promise<void> {
  const { db } = app.database;
  const { secretBox } = app;

  app.get<WithId>("/organizations/import/:id", access, async (request, reply) => {
    const plan = findPending(request);
    if (!plan) return await reply.code(404).page("organizations/import/expired", {});
    return await preview(request, reply, request.params.id, plan);
  });

  app.post<WithId>("/organizations/import/:id", access, async (request, reply) => {
    const plan = findPending(request);
    if (!plan) return await reply.code(404).page("organizations/import/expired", {});
    const { id } = request.params;
    const applied = await applyImport(db, secretBox, request.actor(), plan, app.clock());
    if ("newPlan" in applied) {
      pending.set(id, { userId: request.signedInUser().id, plan: applied.newPlan });
      return await preview(request, reply.code(422), id, applied.newPlan, true);
    }
    pending.delete(id);
    return reply.flash("/organizations", IMPORT_DONE, applied);
  });

  /** null = it was applied, has expired, or belongs to another user. */
  function findPending(request: FastifyRequest<WithId>): ImportPlan | null {
    const found = pending.get(request.params.id);
    return found?.userId === request.signedInUser().id ? found.plan : null;
  }

  async function preview(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    plan: ImportPlan,
    hasChanged = false,
  ) {
    const query = readForm(PreviewQuery, request.query);
    const model = importPreviewModel(request.viewer, { id, plan, query, hasChanged });
    return await reply.page("organizations/import/preview", model);
  }
}

async function keepUpload(this: FastifyRequest, part: MultipartFile): Promise<void> {
  const fileName = readName(part.filename ?? "").slice(-MAX_FILE_NAME_LENGTH);
  this.upload = { fileName, bytes: await part.toBuffer() };
}

/** Makes an .xlsx with the headings and one example row, to be filled in and imported. */
async function importTemplate(language: Language): Promise<Buffer> {
  const columns = COLUMNS.map((column) => ({ heading: HEADINGS[language][column] }));
  const workbook = createWorkbook("UTC", "yyyy-mm-dd");
  const bytes = buffer(workbook.bytes);
  const t = translator(language);
  const sheet = workbook.addSheet({ name: t("organizations.column.posServers"), columns, hasFilter: false });
  await sheet.add(COLUMNS.map((column) => EXAMPLES[language][column] ?? null));
  const rules = [{ heading: t("import.rulesTitle"), wraps: true }];
  const help = workbook.addSheet({ name: t("import.rulesTitle"), columns: rules, hasFilter: false });
  await help.add([t("import.rules")]);
  workbook.end();
  return await bytes;
}
