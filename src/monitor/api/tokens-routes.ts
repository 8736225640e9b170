import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { lacksOrganizations, ownFields, readScopes, SCOPES } from "../access/api-tokens.ts";
import { tokenRoutes } from "../access/token-routes.ts";
import { readForm, Texts } from "../forms/fields.ts";

const OwnFields = Type.Object({ scope: Texts });
const USUAL_DAYS = 90;

/** `/settings/api`: the tokens of programs. */
export async function apiTokensRoutes(app: FastifyInstance): Promise<void> {
  tokenRoutes(app, {
    kind: "api",
    rowModel: ({ scopes }) => ({ scopes: scopes?.replaceAll(" ", ", ") }),
    typed: { days: String(USUAL_DAYS), scopes: "read" },
    fieldsModel: ({ t }, { typed, problems }) => ({
      scopesProblem: problems.scopes ? t(problems.scopes) : null,
      scopes: SCOPES.map((scope) => ({
        scope,
        text: t(`apiTokens.scope.${scope}`),
        isTicked: (typed.scopes ?? "").split(" ").includes(scope),
      })),
    }),
    readFields: (body, rights) => {
      const { scope } = readForm(OwnFields, body);
      const scopes = readScopes(scope);
      const lacksThem = scopes !== null && lacksOrganizations({ scopes, rights });
      const isBatchAlone =
        scopes?.includes("batches") && !scopes.includes("poll") && !scopes.includes("logs");
      const problems = {
        ...(scopes === null && { scopes: "apiTokens.problem.noScope" }),
        ...(isBatchAlone && { scopes: "apiTokens.problem.batchAlone" }),
        ...(lacksThem && { organizations: "apiTokens.problem.notAll" }),
      };
      const own = scopes !== null && !isBatchAlone ? ownFields(scopes) : null;
      return { typed: { scopes: scope.join(" ") }, problems, own };
    },
    madeModel: async (_request, token) => ({ token }),
  });
}
