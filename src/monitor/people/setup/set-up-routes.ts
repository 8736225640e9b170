import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { recordEvent } from "../../audit-log/record-event.ts";
import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import { readForm, Text } from "../../forms/fields.ts";
import { isOnlyHere, suggestAgentAddress } from "../../installation/agent-address.ts";
import { changeSettings } from "../../settings/change-settings.ts";
import { readAddress } from "../../settings/settings-form.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { createAttemptLimit } from "../credentials/attempt-limit.ts";
import { findPasswordProblems, hashPassword } from "../credentials/passwords.ts";
import { addUser, findUserNameProblem, hasAdministrator, normalizeLogin } from "../credentials/users.ts";
import { openSetupToken, removeSetupToken } from "./setup-token.ts";

/** At the token, from an address. */
const GUESSES = 20;
const SetUpForm = Type.Object({
  token: Text,
  login: Text,
  name: Text,
  password: Text,
  repeated: Text,
  publicAddress: Text,
});

export interface SetUpRouteOptions {
  /** Where the token may be shown: an interactive terminal of the machine's owner. */
  terminal?: NodeJS.WritableStream | undefined;
}

/** `/setup`: makes the first system administrator, then is gone. */
export async function setUpRoutes(app: FastifyInstance, { terminal }: SetUpRouteOptions): Promise<void> {
  const { db } = app.database;
  const { dataDir } = app.config;
  if (await hasAdministrator(db)) return removeSetupToken(dataDir);
  const token = openSetupToken(dataDir);
  const limit = createAttemptLimit(GUESSES);
  app.log.info({ file: token.file }, "Not set up yet: open /setup with the token that is in this file");
  terminal?.write(`Poswatch is not set up yet. Open /setup with this token: ${token.text}\n`);

  app.get("/setup", { config: { access: "public" } }, async (request, reply) => {
    if (await hasAdministrator(db)) return reply.callNotFound();
    const suggested = suggestAgentAddress(request);
    const publicAddress = suggested === null || isOnlyHere(suggested) ? "" : suggested;
    const form = { typed: { publicAddress }, problems: {} };
    return await reply.page("people/setup/page", setupModel(request.viewer, form));
  });

  app.post("/setup", { config: { access: "public" } }, async (request, reply) => {
    if (await hasAdministrator(db)) return reply.callNotFound();
    const typed = readForm(SetUpForm, request.body);
    const login = normalizeLogin(typed.login);
    const guess = await limit.take(request.ip);
    const isTokenRight = guess !== null && token.isRight(typed.token);
    if (isTokenRight) await guess.giveBack();
    const name = typed.name.trim();
    const nameProblem = findUserNameProblem(name);
    const address = readAddress(typed.publicAddress.trim());
    const problems = {
      ...(!isTokenRight && { token: guess ? "setup.problem.token" : "setup.problem.tooMany" }),
      ...(!login && { login: "user.problem.login" }),
      ...(nameProblem && { name: nameProblem }),
      ...findPasswordProblems(typed.login.trim(), typed),
      ...("problem" in address && { publicAddress: address.problem.message }),
    };
    if (Object.keys(problems).length > 0 || !login || "problem" in address) {
      reply.code(guess ? 422 : 429);
      const { password: _secret, repeated: _same, ...shown } = typed;
      return await reply.page("people/setup/page", setupModel(request.viewer, { typed: shown, problems }));
    }

    const passwordHash = await hashPassword(typed.password);
    const now = app.clock();
    const userId = await db.transaction().execute(async (trx) => {
      if (await hasAdministrator(trx)) return null;
      const id = await addUser(trx, { login, name, isAdministrator: true, passwordHash }, now);
      const actor = { userId: id, login, name, address: request.ip };
      await recordEvent(trx, actor, { action: "setup" }, now);
      await changeSettings(trx, actor, { publicAddress: address.value }, now);
      return id;
    });
    if (userId === null) return reply.callNotFound();
    removeSetupToken(dataDir);
    await reply.signIn(userId);
    return reply.redirect("/pos-servers", 303);
  });
}

function setupModel({ t }: Viewer, form: FilledForm) {
  const field = fieldsOf(t, form);
  const secret = { type: "password", isRequired: true };
  return {
    fields: [
      field("token", {
        ...secret,
        label: t("setup.token"),
        isFocused: true,
        // A right token need not be looked up again.
        value: form.problems.token ? "" : (form.typed.token ?? ""),
      }),
      field("login", { label: t("setup.login"), autocomplete: "username", isRequired: true }),
      field("name", {
        label: t("setup.name"),
        autocomplete: "name",
        isRequired: true,
        hint: t("users.nameHint"),
      }),
      field("password", {
        ...secret,
        label: t("setup.password"),
        autocomplete: "new-password",
        hint: t("password.hint"),
      }),
      field("repeated", { ...secret, label: t("setup.repeated"), autocomplete: "new-password" }),
      field("publicAddress", {
        label: t("settings.label.publicAddress"),
        hint: `${t("settings.hint.publicAddress")} ${t("setup.changeLater")}`,
        inputMode: "url",
      }),
    ],
  };
}
