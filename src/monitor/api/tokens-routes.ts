import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import {
  lacksOrganizations,
  ownFields,
  readScopes,
  SCOPES,
  TERMS,
  USUAL_TERM,
} from "../access/api-tokens.ts";
import { tokenRoutes } from "../access/token-routes.ts";
import { readForm, Text, Texts } from "../forms/fields.ts";
import type { Viewer } from "../viewer/viewer.ts";

const OwnFields = Type.Object({ days: Text, scope: Texts });

/** `/settings/api`: the tokens of programs. */
export async function apiTokensRoutes(app: FastifyInstance): Promise<void> {
  tokenRoutes(app, {
    kind: "api",
    rowModel: ({ t, format }, { scopes, userId, userName, endsAt, isDead, isNarrowed }, now) => ({
      madeBy: userId === null ? t("audit.commandLine") : userName,
      scopes: scopes?.replaceAll(" ", ", "),
      endsAt: format.stamp(endsAt ?? 0, now),
      dead: problemInWords(t, { isOver: (endsAt ?? 0) <= now, isDead, isNarrowed }),
    }),
    typed: { days: String(USUAL_TERM), scopes: "read" },
    fieldsModel: ({ t }, { typed, problems }, field) => ({
      terms: field("days", {
        label: t("apiTokens.term"),
        choices: TERMS.map((days) => [days, t("posServers.period.days", { count: days })]),
      }),
      scopesProblem: problems.scopes ? t(problems.scopes) : null,
      scopes: SCOPES.map((scope) => ({
        scope,
        text: t(`apiTokens.scope.${scope}`),
        isTicked: (typed.scopes ?? "").split(" ").includes(scope),
      })),
    }),
    readFields: (body, rights, now) => {
      const { days: term, scope } = readForm(OwnFields, body);
      const scopes = readScopes(scope);
      const days = TERMS.find((one) => String(one) === term);
      const lacksThem = scopes !== null && lacksOrganizations({ scopes, rights });
      const isBatchAlone =
        scopes?.includes("batches") && !scopes.includes("poll") && !scopes.includes("logs");
      const problems = {
        ...(days === undefined && { days: "apiTokens.problem.term" }),
        ...(scopes === null && { scopes: "apiTokens.problem.noScope" }),
        ...(isBatchAlone && { scopes: "apiTokens.problem.batchAlone" }),
        ...(lacksThem && { organizations: "apiTokens.problem.notAll" }),
      };
      const own =
        scopes !== null && !isBatchAlone && days !== undefined ? ownFields({ scopes, days }, now) : null;
      return { typed: { days: term, scopes: scope.join(" ") }, problems, own };
    },
    madeModel: async (_request, token) => ({ token }),
  });
}

function problemInWords(
  t: Viewer["t"],
  { isOver, isDead, isNarrowed }: Record<"isOver" | "isDead" | "isNarrowed", boolean>,
): string | null {
  if (isOver) return t("apiTokens.ended");
  if (isDead) return t("apiTokens.makerBlocked");
  return isNarrowed ? t("apiTokens.makerDemoted") : null;
}
