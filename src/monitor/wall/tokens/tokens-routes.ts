import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { readForm, Text } from "../../forms/fields.ts";
import { pageLink } from "../../installation/pages-address.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { tokenRemovalRoutes } from "../../people/tokens/removal-routes.ts";
import { WALL_TOKENS } from "../../people/tokens/stored-tokens.ts";
import { MAX_RIGHTS_FORM_BYTES, NO_RIGHTS } from "../../people/users/ticks.ts";
import { newTokenModel, readTokenForm, TOKENS_URL, tokensModel, type WallTokenForm } from "./tokens-model.ts";
import { createWallToken, listWallTokens } from "./wall-tokens.ts";

const EMPTY: WallTokenForm = { typed: {}, rights: NO_RIGHTS, problems: {} };
const TokensQuery = Type.Object({ notice: Text });

/** `/settings/wall`: the links to the wall, which system administrators make and take back. */
export async function wallTokensRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get(TOKENS_URL, access, async (request, reply) => {
    const isRemoved = readForm(TokensQuery, request.query).notice === "removed";
    const model = tokensModel(request.viewer, await listWallTokens(db), app.clock());
    return await reply.settingsPage("wall/tokens", { ...model, isRemoved });
  });

  app.get(`${TOKENS_URL}/tokens/new`, access, async (_request, reply) => await showForm(reply, EMPTY));

  app.post(
    `${TOKENS_URL}/tokens`,
    { ...access, bodyLimit: MAX_RIGHTS_FORM_BYTES },
    async (request, reply) => {
      const { wanted, ...form } = readTokenForm(request.body);
      if (!wanted) return await showForm(reply.code(422), form);
      const token = await createWallToken(db, request.actor(), wanted, app.clock());
      if (token === null) {
        const problems = { organizations: "rule.problem.noOrganization" };
        return await showForm(reply.code(422), { ...form, problems });
      }
      // The only page that ever shows it: just its hash is stored.
      const link = await pageLink(request, `/wall?token=${token}`);
      const { t } = request.viewer;
      return await reply.page("wall/link", { text: t("wallTokens.linkFor", { name: wanted.name }), link });
    },
  );

  tokenRemovalRoutes(app, WALL_TOKENS, { url: TOKENS_URL, words: "wallTokens" });

  async function showForm(reply: FastifyReply, form: WallTokenForm) {
    const organizations = await listActiveOrganizations(db);
    const model = newTokenModel(reply.request.viewer, form, organizations, app.clock());
    return await reply.page("wall/new-token", model);
  }
}
