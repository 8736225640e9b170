import type { FastifyInstance } from "fastify";
import { LANGUAGE_COOKIE } from "../plugins/viewer.ts";
import { isLanguage } from "./language.ts";

const YEAR_SECONDS = 365 * 86_400;

/** `POST /preferences`: the language of the interface, kept in the browser; goes back to the page it came from. */
export async function preferenceRoutes(app: FastifyInstance): Promise<void> {
  app.post<{ Body: { language?: unknown; returnTo?: unknown } | undefined }>(
    "/preferences",
    { preHandler: app.csrfProtection },
    async (request, reply) => {
      const { language, returnTo } = request.body ?? {};
      if (isLanguage(language)) {
        reply.setCookie(LANGUAGE_COOKIE, language, { path: "/", sameSite: "lax", maxAge: YEAR_SECONDS });
      }
      return reply.redirect(ownPath(returnTo), 303);
    },
  );
}

/**
 * A path of this site, never another host: `//host` and `/\host` are addresses elsewhere for a browser. Whatever a
 * header cannot hold no address of this site has: browsers send them encoded.
 */
function ownPath(text: unknown): string {
  const isOwn = typeof text === "string" && /^\/(?![/\\])[!-[\]-~]*$/.test(text);
  return isOwn ? text : "/";
}
