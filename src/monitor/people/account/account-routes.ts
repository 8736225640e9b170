import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recordEvent } from "../../audit-log/record-event.ts";
import { textFields } from "../../forms/fields.ts";
import { ownPath } from "../../forms/own-path.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";
import { createAttemptLimit } from "../credentials/attempt-limit.ts";
import { LANGUAGE_COOKIE } from "../sessions/plugin.ts";
import { endAccessOf, listSessionsOf } from "../sessions/sessions.ts";
import { accountModel } from "./account-model.ts";
import { changePassword, type Problems, savePreferences, TOO_MANY } from "./change-account.ts";

const NOTICES = ["passwordChanged", "preferencesSaved", "signedOut"];
/** At the current password of a user. */
const GUESSES = 10;
const LANGUAGE_OPTIONS = { path: "/", sameSite: "lax", maxAge: 365 * 86_400 } as const;

/**
 * `/account`: one's own password, language, time zone and sessions. `POST /preferences`: the language, kept in the browser
 * and for the user; goes back to the page it came from.
 */
export async function accountRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const limit = createAttemptLimit(GUESSES);
  const access = { config: { access: "user" } } as const;

  app.get("/account", access, async (request, reply) => {
    const { notice } = textFields(request.query, ["notice"]);
    return await render(request, reply, { notice: NOTICES.includes(notice) ? notice : null });
  });

  app.post("/account/password", access, async (request, reply) => {
    const typed = textFields(request.body, ["current", "password", "repeated"]);
    const { sessionId } = request.signedInUser();
    const problems = await changePassword(db, limit, request.actor(), { ...typed, sessionId }, app.clock());
    if (!problems) return reply.redirect("/account?notice=passwordChanged", 303);
    return await render(request, reply.code(problems.current === TOO_MANY ? 429 : 422), { problems });
  });

  app.post("/account/preferences", access, async (request, reply) => {
    const { language, timeZone } = textFields(request.body, ["language", "timeZone"]);
    const isZoneRight = timeZone === "" || isTimeZone(timeZone);
    if (!isLanguage(language) || !isZoneRight) {
      const problems = {
        ...(!isLanguage(language) && { language: "account.problem.language" }),
        ...(!isZoneRight && { timeZone: "account.problem.timeZone" }),
      };
      return await render(request, reply.code(422), { problems });
    }
    const { id } = request.signedInUser();
    const preferences = { language, timeZone: timeZone || null };
    await savePreferences(db, request.actor(), id, preferences, app.clock());
    reply.setCookie(LANGUAGE_COOKIE, language, LANGUAGE_OPTIONS);
    return reply.redirect("/account?notice=preferencesSaved", 303);
  });

  app.post("/account/session-endings", access, async (request, reply) => {
    const { id, sessionId, login } = request.signedInUser();
    const isOwnKept = textFields(request.body, ["sessions"]).sessions === "others";
    await db.transaction().execute(async (trx) => {
      await endAccessOf(trx, id, isOwnKept ? sessionId : null);
      await recordEvent(trx, request.actor(), { action: "sessions_end", subject: login }, app.clock());
    });
    if (isOwnKept) return reply.redirect("/account?notice=signedOut", 303);
    reply.clearSession();
    return reply.redirect("/login", 303);
  });

  app.post("/preferences", { config: { access: "public" } }, async (request, reply) => {
    const { language, returnTo } = textFields(request.body, ["language", "returnTo"]);
    const { user } = request.viewer;
    if (isLanguage(language)) {
      reply.setCookie(LANGUAGE_COOKIE, language, LANGUAGE_OPTIONS);
      if (user) {
        await db.updateTable("user").set({ language }).where("id", "=", user.id).execute();
      }
    }
    return reply.redirect(ownPath(returnTo), 303);
  });

  async function render(
    request: FastifyRequest,
    reply: FastifyReply,
    { problems = {}, notice = null }: { problems?: Problems; notice?: string | null },
  ) {
    const { viewer } = request;
    const user = request.signedInUser();
    const now = app.clock();
    const sessions = await listSessionsOf(db, user.id, now);
    const model = accountModel({ viewer, user, sessions, problems, notice, now });
    return await reply.page("people/account/page", model);
  }
}
