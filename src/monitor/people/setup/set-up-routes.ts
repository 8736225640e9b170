import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type StaticDecode, Type } from "typebox";
import { isSameSecret } from "../../../protocol/bearer-token.ts";
import { createAttemptLimit } from "../../access/attempt-limit.ts";
import { findPasswordProblems, hashPassword } from "../../access/passwords.ts";
import { addUser, findUserNameProblem, hasAdministrator, normalizeLogin } from "../../access/users.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import { type FilledForm, fieldsOf } from "../../forms/field-model.ts";
import { readForm, Text, Tick } from "../../forms/fields.ts";
import { isOnlyHere, mayHavePath, suggestAgentAddress } from "../../installation/addresses.ts";
import { findTlsProblem, settingsOf, TLS_CHOICES, type TlsChoice } from "../../installation/tls-choice.ts";
import { OWN } from "../../secrets/read-certificate.ts";
import { makeSecretToken } from "../../secrets/secret-box.ts";
import { changeSettings } from "../../settings/change-settings.ts";
import { readAddress } from "../../settings/settings-form.ts";
import type { Viewer } from "../../viewer/viewer.ts";

const PORT_FOR_AGENTS = 8443;
/** At the token, from an address. */
const GUESSES = 20;
const TOKEN_FILE = "setup-token";
const SetUpForm = Type.Object({
  token: Text,
  login: Text,
  name: Text,
  password: Text,
  repeated: Text,
  publicAddress: Text,
  tls: Text,
  hasPages: Tick,
  certificateFile: Text,
  keyFile: Text,
});

type Config = FastifyInstance["config"];

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

  const { tls, agentListener, trustProxy } = app.config;
  // What the owner has set is left as it is.
  const mayChoose = app.reconfigure !== null && !tls && !agentListener && !trustProxy;

  app.get("/setup", { config: { access: "public" } }, async (request, reply) => {
    if (await hasAdministrator(db)) return reply.callNotFound();
    const suggested = suggestAgentAddress(request);
    const publicAddress =
      suggested !== null && !isOnlyHere(suggested) ? suggested : mayChoose ? ownAddress() : "";
    const form = { typed: { publicAddress, tls: OWN }, problems: {} };
    return await show(reply, form);
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
    const address = readAddress(typed.publicAddress.trim(), mayChoose || mayHavePath(app.config));
    const choice = mayChoose && "value" in address && isTokenRight ? choiceOf(typed, address.value) : null;
    const tlsProblem = choice && (await findTlsProblem(choice, app.config));
    const problems = {
      ...(!isTokenRight && { token: guess ? "setup.problem.token" : "account.problem.tooMany" }),
      ...(!login && { login: "user.problem.login" }),
      ...(nameProblem && { name: nameProblem }),
      ...findPasswordProblems(typed.login.trim(), typed),
      ...("problem" in address && { publicAddress: address.problem.message }),
      ...("value" in address &&
        address.value === "" &&
        mayChoose &&
        typed.tls !== "" && { publicAddress: "setup.problem.address" }),
      ...(tlsProblem && {
        [tlsProblem.field === "address" ? "publicAddress" : tlsProblem.field]: tlsProblem.key,
      }),
    };
    if (Object.keys(problems).length > 0 || !login || "problem" in address) {
      reply.code(guess ? 422 : 429);
      const { password: _secret, repeated: _same, hasPages, ...texts } = typed;
      const shown = { ...texts, ...(hasPages && { hasPages: "1" }) };
      const form = { typed: shown, problems };
      return await show(reply, form);
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
    if (!choice || !app.reconfigure) return reply.redirect("/pos-servers", 303);
    await app.reconfigure(settingsOf(choice));
    const url = pagesUrlOf(choice, request);
    const policy = String(reply.getHeader("content-security-policy"));
    const { origin } = new URL(url);
    reply.header("content-security-policy", policy.replace("connect-src", `connect-src ${origin}`));
    const isUnknown = choice.kind === OWN && choice.hasPages;
    return await reply.page("people/setup/starts-anew", { url, isUnknown });
  });

  async function show(reply: FastifyReply, form: FilledForm) {
    const { viewer } = reply.request;
    const decided = mayChoose ? null : app.config;
    return await reply.page("people/setup/page", { file: token.file, ...setupModel(viewer, form, decided) });
  }
}

/** An address of this machine in its network, as people would otherwise have to look it up. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return found ? `https://${found.address}:${PORT_FOR_AGENTS}` : "";
}

/** @returns null where nothing was chosen, or there is no address to choose it for. */
function choiceOf(
  { tls, hasPages, certificateFile, keyFile }: StaticDecode<typeof SetUpForm>,
  value: string,
): TlsChoice | null {
  const kind = TLS_CHOICES.find((one) => one === tls);
  const address = URL.parse(value);
  return kind && address
    ? { kind, address, hasPages, certificateFile: certificateFile.trim(), keyFile: keyFile.trim() }
    : null;
}

/** Where the pages are with that choice. */
function pagesUrlOf({ kind, address, hasPages }: TlsChoice, { protocol, host }: FastifyRequest): string {
  if (kind === "files") return `${address.origin}/pos-servers`;
  return kind === OWN && hasPages ? `https://${host}/pos-servers` : `${protocol}://${host}/pos-servers`;
}

/** @param decided where the environment or `poswatch.env` says who encrypts; null = it is chosen here. */
function setupModel({ t }: Viewer, form: FilledForm, decided: Config | null) {
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
      field("login", { label: t("users.login"), autocomplete: "username", isRequired: true }),
      field("name", {
        label: t("users.name"),
        autocomplete: "name",
        isRequired: true,
        hint: t("users.nameHint"),
      }),
      field("password", {
        ...secret,
        label: t("login.password"),
        autocomplete: "new-password",
        hint: t("password.hint"),
      }),
      field("repeated", { ...secret, label: t("setup.repeated"), autocomplete: "new-password" }),
      field("publicAddress", {
        label: t("settings.label.publicAddress"),
        hint: decided
          ? `${t("settings.hint.publicAddress", { agentPort: String((decided.agentListener ?? decided).port) })} ${t("setup.changeLater")}`
          : t("setup.addressHint"),
        inputMode: "url",
      }),
    ],
    decided: decided && linesOf(decided, t),
    tls: !decided && {
      choices: TLS_CHOICES.map((value) => ({ value, isChosen: form.typed.tls === value })),
      files: ["certificateFile", "keyFile"].map((name) => field(name, { label: t(`setup.tls.${name}`) })),
      hasPages: form.typed.hasPages !== undefined,
    },
  };
}

/** What of `/setup` was decided before the start. */
function linesOf({ host, port, tls, agentListener, agentTls, trustProxy }: Config, t: Viewer["t"]): string[] {
  const by = (source: Config["tls"]) =>
    t(`setup.decided.by.${source ? (source === OWN ? OWN : "files") : "nobody"}`);
  const lines = [t("setup.decided.pages", { place: `${host}:${port}`, by: by(tls) })];
  if (agentListener) {
    const place = `${agentListener.host}:${agentListener.port}`;
    lines.push(t("setup.decided.agents", { place, by: by(agentTls ?? tls) }));
  }
  if (trustProxy) lines.push(t("setup.decided.proxy", { addresses: trustProxy.join(", ") }));
  return lines;
}

/** Opens or makes the one-time secret that guards `/setup`: a file of mode 0600 in the data folder until there is an administrator. */
function openSetupToken(dataDir: string) {
  const file = join(dataDir, TOKEN_FILE);
  if (!existsSync(file))
    writeFileSync(file, `${makeSecretToken()}\n`, { mode: 0o600, flag: "wx", flush: true });
  const text = readFileSync(file, "utf8").trim();
  return { file, text, isRight: (typed: string) => isSameSecret(typed.trim(), text) };
}

function removeSetupToken(dataDir: string): void {
  rmSync(join(dataDir, TOKEN_FILE), { force: true });
}
