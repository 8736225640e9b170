import Type, { type Static } from "typebox";
import { type Checked, checkCertificates, checkHost, checkLength, type KindForm } from "../form.ts";
import { defineKind } from "../kind.ts";
import { readMailAddress } from "./compose-email.ts";
import { createEmailSend } from "./send-email.ts";

/** `starttls`: begins unencrypted, but sends nothing before it is encrypted; `none`: for a server beside Poswatch only. */
const EMAIL_SECURITIES = ["starttls", "tls", "none"] as const;

const MAX_LOGIN_LENGTH = 200;
const MAX_PASSWORD_LENGTH = 500;
const MAX_FROM_LENGTH = 320;
const MAX_PORT = 65_535;
const MAX_RECIPIENTS = 20;
const MAX_ADDRESS_LENGTH = 254;
const SHOWN_ADDRESS_LENGTH = 100;
const NAMED_RECIPIENTS = 2;
const DOMAIN =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;

export const EmailServer = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: MAX_PORT }),
  security: Type.Enum(EMAIL_SECURITIES),
  /** Empty = none. */
  login: Type.String({ maxLength: MAX_LOGIN_LENGTH }),
  /** An address, or a name and an address. */
  from: Type.String({ minLength: 3, maxLength: MAX_FROM_LENGTH }),
  /** The trusted authorities as PEM; empty = those of the system. */
  authorities: Type.String({ maxLength: 32_768 }),
});
export type EmailServer = Static<typeof EmailServer>;

export const EmailSecrets = Type.Object({ password: Type.String({ maxLength: MAX_PASSWORD_LENGTH }) });
export type EmailSecrets = Static<typeof EmailSecrets>;

export const EmailTarget = Type.Object({
  to: Type.Array(Type.String({ minLength: 3, maxLength: MAX_ADDRESS_LENGTH }), {
    minItems: 1,
    maxItems: MAX_RECIPIENTS,
  }),
});
export type EmailTarget = Static<typeof EmailTarget>;

const emailForm: KindForm<EmailServer & EmailTarget, EmailSecrets> = {
  fields: [
    { name: "to", isRequired: true, hint: "to", check: checkRecipients },
    { name: "from", isRequired: true, hint: "from", check: checkSender },
    { name: "host", isRequired: true, inputMode: "url", hint: "host", check: checkHost },
    { name: "port", isRequired: true, inputMode: "numeric", isBeside: true, check: checkPort },
    {
      name: "security",
      control: "select",
      options: EMAIL_SECURITIES,
      isRequired: true,
      hint: "security",
      check: checkSecurity,
    },
    { name: "login", hint: "login", check: checkLength("login", MAX_LOGIN_LENGTH) },
    {
      name: "password",
      control: "secret",
      isBeside: true,
      check: checkLength("password", MAX_PASSWORD_LENGTH, false),
      stays: {
        way: ({ login, host, port, security, authorities }) =>
          login === "" ? null : [host, port, security, authorities],
        missing: "channels.problem.passwordMissing",
        again: "channels.problem.passwordAgain",
      },
    },
    {
      name: "authorities",
      control: "text-area",
      hint: "authorities.email",
      isRare: true,
      check: checkCertificates,
    },
  ],
  defaults: { port: "587", security: "starttls" },
  rareSummary: "authorities",
  typedOf: ({ settings: { to, port, ...texts } }) => ({ ...texts, port: String(port), to: to.join(", ") }),
  knownSecrets: ({ password }) => (password === "" ? [] : ["password"]),
  termsOf(values) {
    const { host = "", from = "", login = "", password = "", authorities = "", to = "" } = values;
    const security = EMAIL_SECURITIES.find((one) => one === values.security) ?? "starttls";
    const settings = {
      host,
      port: Number(values.port),
      security,
      login,
      from,
      authorities,
      to: to.split(", "),
    };
    // Without a login the password is dropped.
    const secrets = login === "" ? { password: "" } : password === "" ? {} : { password };
    const isLoginMissing = login === "" && password !== "";
    return { problems: isLoginMissing ? { login: "channels.problem.loginMissing" } : {}, settings, secrets };
  },
};

export const emailKind = defineKind(
  { server: EmailServer, target: EmailTarget, secrets: EmailSecrets },
  {
    createSend: (connection) => createEmailSend(connection),
    form: emailForm,
    reach({ t }, { to }) {
      const named = to.length > NAMED_RECIPIENTS + 1 ? to.slice(0, NAMED_RECIPIENTS) : to;
      const others = to.length - named.length;
      return (others > 0 ? [...named, t("channels.reach.others", { others })] : named).join(", ");
    },
    reachInFull: ({ to }) => to.join(", "),
    facts: ({ t }, { host, port, security, login, from }) => [
      { label: "server", text: `${host}:${port}, ${t(`channels.security.${security}`)}` },
      { label: "login", text: login || t("channels.noLogin") },
      { label: "from", text: from },
    ],
  },
);

/** A person's own mail channel, which uses the server of another one. */
export const ownEmailForm: KindForm<EmailTarget, object> = {
  fields: [{ name: "to", label: "ownTo", control: "email", isRequired: true, check: checkRecipient }],
  defaults: {},
  rareSummary: null,
  typedOf: ({ settings }) => ({ to: settings.to.join(", ") }),
  knownSecrets: () => [],
  termsOf: ({ to = "" }) => ({ settings: { to: [to] }, secrets: {} }),
};

function checkRecipient(text: string): Checked {
  const value = readRecipient(text);
  return value === null ? { problem: "channels.problem.oneRecipient" } : { value };
}

/** null when it is no address. */
function readRecipient(text: string): string | null {
  const { address = "" } = readMailAddress(text) ?? {};
  const domain = address.slice(address.lastIndexOf("@") + 1);
  return address !== "" && address.length <= MAX_ADDRESS_LENGTH && DOMAIN.test(domain) ? address : null;
}

function checkRecipients(text: string): Checked {
  const typed = text.split(/[,;\n]/).filter((part) => part.trim() !== "");
  const wrong = typed.find((part) => readRecipient(part) === null)?.trim();
  if (wrong !== undefined) {
    const values = { address: wrong.slice(0, SHOWN_ADDRESS_LENGTH) };
    return { problem: "channels.problem.recipient", values };
  }
  const to = [...new Set(typed.map(readRecipient))];
  return to.length > MAX_RECIPIENTS
    ? { problem: "channels.problem.recipients", values: { maxRecipients: MAX_RECIPIENTS } }
    : { value: to.join(", ") };
}

function checkSender(text: string): Checked {
  const sender = readMailAddress(text);
  if (!sender || readRecipient(sender.address) === null) return { problem: "channels.problem.from" };
  const from = sender.name ? `${sender.name} <${sender.address}>` : sender.address;
  return from.length > MAX_FROM_LENGTH ? { problem: "channels.problem.from" } : { value: from };
}

function checkPort(text: string): Checked {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port < 1 || port > MAX_PORT ? { problem: "channels.problem.port" } : { value: String(port) };
}

function checkSecurity(text: string): Checked {
  const isKnown = EMAIL_SECURITIES.some((security) => security === text);
  return isKnown ? { value: text } : { problem: "channels.problem.security" };
}
