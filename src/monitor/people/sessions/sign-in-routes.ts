import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { hasAdministrator } from "../../access/users.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import { fieldsOf } from "../../forms/field-model.ts";
import { ownPath, readForm, Text, Tick } from "../../forms/fields.ts";
import { SESSION_COOKIE } from "../../plugins/security.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { endSession } from "./sessions.ts";
import { createSignInLimit, signIn } from "./sign-in.ts";

const LoginQuery = Type.Object({ returnTo: Text, unsent: Tick });
const LoginForm = Type.Object({ login: Text, password: Text, returnTo: Text });

/** `/login` and `POST /logout`. */
export async function signInRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const takeGuess = createSignInLimit();

  app.get("/login", { config: { access: "public" } }, async (request, reply) => {
    if (!(await hasAdministrator(db))) return reply.redirect("/setup", 303);
    const query = readForm(LoginQuery, request.query);
    const returnTo = ownPath(query.returnTo);
    if (request.viewer.user) return reply.redirect(returnTo, 303);
    // The cookie of a session that has ended: signing out takes the cookie away.
    const hasEnded = request.cookies[SESSION_COOKIE] !== undefined;
    const ended = hasEnded ? (query.unsent ? "unsent" : "ended") : null;
    const model = signInModel(request.viewer, { returnTo, login: "", problem: null, ended });
    return await reply.page("people/sessions/login", model);
  });

  app.post("/login", { config: { access: "public" } }, async (request, reply) => {
    const { login, password, ...form } = readForm(LoginForm, request.body);
    const returnTo = ownPath(form.returnTo);
    const outcome = await signIn(db, takeGuess, { login, password, address: request.ip }, app.clock());
    if (!outcome.ok) {
      reply.code(outcome.reason === "tooMany" ? 429 : 422);
      const model = signInModel(request.viewer, { returnTo, login, problem: outcome.reason, ended: null });
      const url = `/login?${new URLSearchParams({ returnTo })}`;
      return await reply.page("people/sessions/login", { ...model, url });
    }
    const { user: before } = request.viewer;
    if (before) await endSession(db, before.sessionId);
    await reply.signIn(outcome.userId);
    return reply.redirect(returnTo, 303);
  });

  app.post("/logout", { config: { access: "user" } }, async (request, reply) => {
    await endSession(db, request.signedInUser().sessionId);
    await recordEvent(db, request.actor(), { action: "sign_out" }, app.clock());
    reply.clearSession();
    return reply.redirect("/login", 303);
  });
}

interface SignInPage {
  login: string;
  returnTo: string;
  /** The key of why the sign-in was refused. */
  problem: string | null;
  /** Their session has ended; `unsent`: when they sent a form, which was not carried out. */
  ended: "ended" | "unsent" | null;
}

function signInModel({ t }: Viewer, { login, returnTo, problem, ended }: SignInPage) {
  const isPasswordAwaited = problem !== null && login !== "";
  const field = fieldsOf(t, { typed: { login }, problems: {} });
  return {
    problem: problem && t(`login.${problem}`),
    ended: ended && t(`login.${ended}`),
    returnTo,
    fields: [
      field("login", {
        label: t("users.login"),
        autocomplete: "username",
        isRequired: true,
        isFocused: !isPasswordAwaited,
      }),
      field("password", {
        label: t("login.password"),
        type: "password",
        autocomplete: "current-password",
        isRequired: true,
        isFocused: isPasswordAwaited,
      }),
    ],
  };
}
