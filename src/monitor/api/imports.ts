import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { applyImport } from "../organizations/import/apply-import.ts";
import { ImportFileError, MAX_FILE_BYTES } from "../organizations/import/import-file-error.ts";
import { fileProblemInWords, rowProblemInWords } from "../organizations/import/import-model.ts";
import { IN_TURN, parseImportFile } from "../organizations/import/parse-import-file.ts";
import { type ImportPlan, planImport } from "../organizations/import/plan-import.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { type FieldProblem, ProblemError } from "../plugins/problems.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { Coded, ENGLISH, nullable, oneOf, operation, strictObject, usually } from "./schemas.ts";

const FILE_NAMES: Record<string, string> = {
  "text/csv": "import.csv",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "import.xlsx",
};
export const FILE_TYPES = Object.keys(FILE_NAMES);
/** Of so many rows a refused import says what is wrong; a dry run says it of all. */
const MAX_REFUSED = 100;

const Counts = Type.Object({
  create: Type.Integer(),
  change: Type.Integer(),
  keep: Type.Integer(),
  refuse: Type.Integer(),
  organizations: Type.Integer(),
});
const Row = Type.Object({
  row: Type.Integer(),
  action: oneOf(["create", "change", "keep", "refuse"]),
  organization: Type.String(),
  crmId: Type.String(),
  name: Type.String(),
  address: nullable(Type.String()),
  problems: Type.Array(Coded),
});
const Import = Type.Object({ dryRun: Type.Boolean(), counts: Counts, rows: Type.Array(Row) });
const ImportQuery = strictObject({
  dryRun: usually(Type.Boolean({ examples: [true], description: "Only says what would come of it." }), false),
});

/** `/imports` of the API: organizations and POS servers from the file that «Импорт» takes. */
export const importResources: FastifyPluginAsyncTypebox = async (app) => {
  const { secretBox } = app;
  const { db } = app.database;
  app.addContentTypeParser(FILE_TYPES, { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  const file = { schema: Type.Any() };
  const content = Object.fromEntries(FILE_TYPES.map((type) => [type, file]));
  const create = operation("import", "importRegistry", {
    summary: "Import from CSV or Excel",
    querystring: ImportQuery,
    body: { content },
    response: { 200: Import },
  });
  app.post("/imports", { ...create, bodyLimit: MAX_FILE_BYTES }, async (request, reply) => {
    const { viewer, query, body, headers, apiToken } = request;
    // People who import are system administrators.
    if (viewer.organizations !== "all" || !apiToken?.isOfAdministrator) {
      const detail = "An import needs a token for all organizations, of an administrator.";
      throw new ProblemError(403, "not_for_all", detail);
    }
    const [type = ""] = (headers["content-type"] ?? "").split(";");
    const name = FILE_NAMES[type.trim().toLowerCase()];
    if (!name || !Buffer.isBuffer(body))
      throw new ProblemError(415, "unsupported_media_type", `Send ${FILE_TYPES.join(" or ")}.`);
    try {
      const parsed = await inTurn(request, reply, IN_TURN, () => parseImportFile(body, name));
      if (parsed === "left") return reply.hijack();
      const plan = await planImport(db, secretBox, parsed, app.clock());
      if (query.dryRun) return answer(viewer, plan, true);
      if (plan.counts.refuse > 0) throw refused(plan);
      const isAnyWritten = plan.counts.create + plan.counts.change > 0;
      const applied = isAnyWritten
        ? await applyImport(db, secretBox, request.actor(), plan, app.clock())
        : null;
      if (applied && "newPlan" in applied) {
        const detail = "The registry has changed meanwhile; nothing was imported.";
        throw new ProblemError(409, "registry_changed", detail);
      }
      return answer(viewer, plan, false);
    } catch (error) {
      if (!(error instanceof ImportFileError)) throw error;
      throw new ProblemError(422, "wrong_file", fileProblemInWords(ENGLISH, error.problem));
    }
  });
};

function refused({ rows, counts }: ImportPlan): ProblemError {
  const errors = rows
    .filter(({ problems }) => problems.length > 0)
    .slice(0, MAX_REFUSED)
    .flatMap(({ rowNumber, problems }): FieldProblem[] =>
      problems.map((problem) => ({
        field: `row ${rowNumber}`,
        message: rowProblemInWords(ENGLISH.t, problem),
      })),
    );
  const detail = `Rows with problems: ${counts.refuse}; nothing was imported.`;
  return new ProblemError(422, "rows_refused", detail, { errors });
}

function answer({ t }: Viewer, { counts, rows }: ImportPlan, dryRun: boolean): Static<typeof Import> {
  return {
    dryRun,
    counts,
    rows: rows.map(({ rowNumber, problems, ...row }) => ({
      ...row,
      row: rowNumber,
      problems: problems.map((problem) => ({ code: problem.code, title: rowProblemInWords(t, problem) })),
    })),
  };
}
