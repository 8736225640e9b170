import type { FastifyInstance } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { ownPath } from "../../forms/own-path.ts";
import { isLanguage } from "../../viewer/language.ts";
import { LANGUAGE_COOKIE } from "../sessions/plugin.ts";

const YEAR_SECONDS = 365 * 86_400;

/** `POST /preferences`: the language, kept in the browser and for the user; goes back to the page it came from. */
export async function chooseLanguageRoutes(app: FastifyInstance): Promise<void> {
  app.post("/preferences", { config: { access: "public" } }, async (request, reply) => {
    const { language, returnTo } = textFields(request.body, ["language", "returnTo"]);
    const { user } = request.viewer;
    if (isLanguage(language)) {
      reply.setCookie(LANGUAGE_COOKIE, language, { path: "/", sameSite: "lax", maxAge: YEAR_SECONDS });
      if (user) {
        await app.database.db.updateTable("user").set({ language }).where("id", "=", user.id).execute();
      }
    }
    return reply.redirect(ownPath(returnTo), 303);
  });
}
