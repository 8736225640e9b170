import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { readForm, Text } from "../../forms/fields.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { tokenRemovalRoutes } from "../../people/tokens/removal-routes.ts";
import { API_TOKENS } from "../../people/tokens/stored-tokens.ts";
import { MAX_RIGHTS_FORM_BYTES, NO_RIGHTS } from "../../people/users/ticks.ts";
import { createApiToken, listApiTokens } from "./api-tokens.ts";
import {
  type ApiTokenForm,
  emptyForm,
  newTokenModel,
  readTokenForm,
  TOKENS_URL,
  tokensModel,
} from "./tokens-model.ts";

const TokensQuery = Type.Object({ notice: Text });

/** `/settings/api`: the tokens of programs, which system administrators make and take back. */
export async function apiTokensRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get(TOKENS_URL, access, async (request, reply) => {
    const isRemoved = readForm(TokensQuery, request.query).notice === "removed";
    const model = tokensModel(request.viewer, await listApiTokens(db), app.clock());
    return await reply.settingsPage("api/tokens", { ...model, isRemoved });
  });

  app.get(`${TOKENS_URL}/tokens/new`, access, async (_request, reply) => {
    return await showForm(reply, emptyForm(NO_RIGHTS));
  });

  app.post(
    `${TOKENS_URL}/tokens`,
    { ...access, bodyLimit: MAX_RIGHTS_FORM_BYTES },
    async (request, reply) => {
      const { wanted, ...form } = readTokenForm(request.body);
      if (!wanted) return await showForm(reply.code(422), form);
      const token = await createApiToken(db, request.actor(), wanted, app.clock());
      if (token === null) {
        const problems = { organizations: "rule.problem.noOrganization" };
        return await showForm(reply.code(422), { ...form, problems });
      }
      // The only page that ever shows it: just its hash is stored.
      const { t } = request.viewer;
      return await reply.page("api/token", { text: t("apiTokens.madeFor", { name: wanted.name }), token });
    },
  );

  tokenRemovalRoutes(app, API_TOKENS, { url: TOKENS_URL, words: "apiTokens" });

  async function showForm(reply: FastifyReply, form: ApiTokenForm) {
    const organizations = await listActiveOrganizations(db);
    return await reply.page("api/new-token", newTokenModel(reply.request.viewer, form, organizations));
  }
}
