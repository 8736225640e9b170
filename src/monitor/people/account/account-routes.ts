import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { createAttemptLimit } from "../../access/attempt-limit.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import { ownPath, readForm, Text } from "../../forms/fields.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";
import { LANGUAGE_COOKIE } from "../sessions/plugin.ts";
import { endAccessOf, listSessionsOf } from "../sessions/sessions.ts";
import { accountModel } from "./account-model.ts";
import { changePassword, PasswordForm, type Problems, savePreferences, TOO_MANY } from "./change-account.ts";

const NOTICES = ["passwordChanged", "preferencesSaved", "signedOut"];
/** At the current password of a user. */
const GUESSES = 10;
const LANGUAGE_OPTIONS = { path: "/", sameSite: "lax", maxAge: 365 * 86_400 } as const;

const AccountQuery = Type.Object({ notice: Text });
const PreferencesForm = Type.Object({ language: Text, timeZone: Text });
const SessionEndingsForm = Type.Object({ sessions: Text });
const LanguageForm = Type.Object({ language: Text, returnTo: Text });

/**
 * `/account`: one's own password, preferences and sessions. `POST /preferences`: the language, for browser and user; goes
 * back.
 */
export async function accountRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const limit = createAttemptLimit(GUESSES);
  const access = { config: { access: "user" } } as const;

  app.get("/account", access, async (request, reply) => {
    const { notice } = readForm(AccountQuery, request.query);
    return await show(reply, {}, NOTICES.includes(notice) ? notice : null);
  });

  app.post("/account/password", access, async (request, reply) => {
    const form = readForm(PasswordForm, request.body);
    const { sessionId } = request.signedInUser();
    const problems = await changePassword(db, limit, request.actor(), form, sessionId, app.clock());
    if (!problems) return reply.redirect("/account?notice=passwordChanged", 303);
    return await show(reply.code(problems.current === TOO_MANY ? 429 : 422), problems);
  });

  app.post("/account/preferences", access, async (request, reply) => {
    const { language, timeZone } = readForm(PreferencesForm, request.body);
    const isZoneRight = timeZone === "" || isTimeZone(timeZone);
    if (!isLanguage(language) || !isZoneRight) {
      return await show(reply.code(422), {
        ...(!isLanguage(language) && { language: "account.problem.language" }),
        ...(!isZoneRight && { timeZone: "account.problem.timeZone" }),
      });
    }
    const { id } = request.signedInUser();
    const preferences = { language, timeZone: timeZone || null };
    await savePreferences(db, request.actor(), id, preferences, app.clock());
    reply.setCookie(LANGUAGE_COOKIE, language, LANGUAGE_OPTIONS);
    return reply.redirect("/account?notice=preferencesSaved", 303);
  });

  app.post("/account/session-endings", access, async (request, reply) => {
    const { id, sessionId, login } = request.signedInUser();
    const isOwnKept = readForm(SessionEndingsForm, request.body).sessions === "others";
    await db.transaction().execute(async (trx) => {
      await endAccessOf(trx, id, isOwnKept ? sessionId : null);
      await recordEvent(trx, request.actor(), { action: "sessions_end", subject: login }, app.clock());
    });
    if (isOwnKept) return reply.redirect("/account?notice=signedOut", 303);
    reply.clearSession();
    return reply.redirect("/login", 303);
  });

  app.post("/preferences", { config: { access: "public" } }, async (request, reply) => {
    const { language, returnTo } = readForm(LanguageForm, request.body);
    const { user } = request.viewer;
    if (isLanguage(language)) {
      reply.setCookie(LANGUAGE_COOKIE, language, LANGUAGE_OPTIONS);
      if (user) {
        await db.updateTable("user").set({ language }).where("id", "=", user.id).execute();
      }
    }
    return reply.redirect(ownPath(returnTo), 303);
  });

  async function show(reply: FastifyReply, problems: Problems, notice: string | null = null) {
    const { request } = reply;
    const user = request.signedInUser();
    const now = app.clock();
    const sessions = await listSessionsOf(db, user.id, now);
    const model = accountModel({ viewer: request.viewer, user, sessions, problems, notice, now });
    return await reply.page("people/account/page", model);
  }
}
