import type { FastifyInstance } from "fastify";
import { recordEvent } from "../../audit-log/record-event.ts";
import { fieldsOf } from "../../forms/field-model.ts";
import { textFields } from "../../forms/fields.ts";
import { ownPath } from "../../forms/own-path.ts";
import { SESSION_COOKIE } from "../../plugins/security.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { hasAdministrator } from "../credentials/users.ts";
import { endSession } from "./sessions.ts";
import { createSignInLimits, signIn } from "./sign-in.ts";

/** `/login` and `POST /logout`. */
export async function signInRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const limits = createSignInLimits();

  app.get<{ Querystring: { returnTo?: unknown } }>(
    "/login",
    { config: { access: "public" } },
    async (request, reply) => {
      if (!(await hasAdministrator(db))) return reply.redirect("/setup", 303);
      const returnTo = ownPath(request.query.returnTo);
      if (request.viewer.user) return reply.redirect(returnTo, 303);
      // A browser that has the cookie of a session, and no session: it has ended. What signs out takes the cookie away.
      const hasEnded = request.cookies[SESSION_COOKIE] !== undefined;
      const isUnsent = textFields(request.query, ["unsent"]).unsent !== "";
      const ended = hasEnded ? (isUnsent ? "unsent" : "ended") : null;
      const model = signInModel(request.viewer, { returnTo, login: "", problem: null, ended });
      return await reply.page("people/sessions/login", model);
    },
  );

  app.post("/login", { config: { access: "public" } }, async (request, reply) => {
    const { login, password, returnTo } = textFields(request.body, ["login", "password", "returnTo"]);
    const outcome = await signIn(db, limits, { login, password, address: request.ip }, app.clock());
    if (!outcome.ok) {
      reply.code(outcome.reason === "tooMany" ? 429 : 422);
      const asked = { returnTo: ownPath(returnTo), login, problem: outcome.reason, ended: null };
      const url = `/login?${new URLSearchParams({ returnTo: asked.returnTo })}`;
      return await reply.page("people/sessions/login", { ...signInModel(request.viewer, asked), url });
    }
    const { user: before } = request.viewer;
    if (before) await endSession(db, before.sessionId);
    await reply.signIn(outcome.user.id);
    return reply.redirect(ownPath(returnTo), 303);
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
  /** Their session has ended, maybe when they sent a form, which was not carried out. */
  ended: "ended" | "unsent" | null;
}

/** What the template of `/login` shows. */
function signInModel({ t }: Viewer, { login, returnTo, problem, ended }: SignInPage) {
  const isPasswordAwaited = problem !== null && login !== "";
  const field = fieldsOf(t, { typed: { login }, problems: {} });
  return {
    problem: problem && t(`login.${problem}`),
    ended: ended && t(`login.${ended}`),
    returnTo,
    fields: [
      field("login", {
        label: t("login.login"),
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
