import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Confirmation } from "../../forms/confirmation.ts";
import { readId, type WithId } from "../../forms/id.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { findTokenName, removeToken, type TokenKind } from "./stored-tokens.ts";

interface TokensPage {
  url: string;
  /** The key of its words in the catalogs. */
  words: string;
}

/** `…/tokens/:id/removal`: a token is taken back, after a question. */
export function tokenRemovalRoutes(app: FastifyInstance, kind: TokenKind, page: TokensPage): void {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: FastifyRequest<WithId>) => readId(request.params.id) ?? 0;

  app.get<WithId>(`${page.url}/tokens/:id/removal/new`, access, async (request, reply) => {
    const name = await findTokenName(db, kind, idOf(request));
    if (name === null) return reply.callNotFound();
    const model = confirmation(request.viewer, page, idOf(request), name);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post<WithId>(`${page.url}/tokens/:id/removal`, access, async (request, reply) => {
    const isRemoved = await removeToken(db, request.actor(), kind, idOf(request), app.clock());
    return isRemoved ? reply.leadTo(`${page.url}?notice=removed`) : reply.callNotFound();
  });
}

/** Asked before, since what uses the token stops working at once. */
function confirmation({ t }: Viewer, { url, words }: TokensPage, id: number, name: string): Confirmation {
  return {
    title: t(`${words}.removal.title`, { name }),
    subtitle: t(`${words}.title`),
    texts: [t(`${words}.removal.text`), t(`${words}.removal.wayBack`)],
    path: `${url}/tokens/${id}/removal`,
    submit: t(`${words}.remove`),
    isDanger: true,
    backUrl: url,
  };
}
