import { readMailAddress } from "../../notifications/channels/email/address.ts";
import {
  EMAIL_SECURITIES,
  type EmailSecrets,
  MAX_RECIPIENTS,
} from "../../notifications/channels/email/connection.ts";
import { checkCertificates, checkedValue, checkHost, problemOf, readRecipient } from "./checks.ts";
import type { KnownSecrets, ReadTerms } from "./form.ts";

export const EMAIL_FIELDS = [
  ...(["host", "port", "security", "login", "password"] as const),
  ...(["from", "to", "authorities"] as const),
];

const MAX_LOGIN_LENGTH = 200;
const MAX_PASSWORD_LENGTH = 500;
const MAX_FROM_LENGTH = 320;
const MAX_PORT = 65_535;
const SHOWN_ADDRESS_LENGTH = 100;

type Typed = Readonly<Record<string, string>>;

/** Reads the fields of a channel that has a mail server. @param known of one that is changed. */
export function readEmailTerms(typed: Typed, known: KnownSecrets | null): ReadTerms {
  const host = checkHost(typed.host ?? "");
  const authorities = checkCertificates(typed.authorities ?? "");
  const { to, ...recipients } = readRecipients(typed.to ?? "");
  const login = (typed.login ?? "").trim();
  const from = readSender(typed.from ?? "");
  const port = /^\d{1,5}$/.test((typed.port ?? "").trim()) ? Number(typed.port) : 0;
  const security = EMAIL_SECURITIES.find((one) => one === typed.security);
  return {
    problems: {
      ...problemOf("host", host),
      ...((port < 1 || port > MAX_PORT) && { port: "channels.problem.port" }),
      ...(!security && { security: "channels.problem.security" }),
      ...(login.length > MAX_LOGIN_LENGTH && { login: "channels.problem.loginLong" }),
      ...passwordProblem(typed.password ?? "", login, checkedValue(host), known),
      ...(from === null && { from: typed.from?.trim() ? "channels.problem.from" : "form.required" }),
      ...recipients.problems,
      ...problemOf("authorities", authorities),
    },
    limits: { maxPassword: MAX_PASSWORD_LENGTH, maxLogin: MAX_LOGIN_LENGTH, ...recipients.limits },
    terms: {
      kind: "email",
      viaId: null,
      settings: {
        ...{ host: checkedValue(host), port, security: security ?? "starttls", login, from: from ?? "", to },
        authorities: checkedValue(authorities),
      },
      secrets: passwordOf(typed.password ?? "", login),
    },
  };
}

/** One that is left out stays as it is, unless there is nobody any more whose it is. */
function passwordOf(password: string, login: string): Partial<EmailSecrets> {
  if (login === "") return { password: "" };
  return password === "" ? {} : { password };
}

/** Reads to whom somebody is told at by the mail server of another channel. */
export function readOwnEmailTerms(typed: Typed): ReadTerms {
  const address = readRecipient(typed.to ?? "");
  const viaId = Number(typed.via);
  return {
    problems: {
      ...(!Number.isInteger(viaId) && { via: "channels.problem.noVia" }),
      ...(address === null && { to: typed.to?.trim() ? "channels.problem.oneRecipient" : "form.required" }),
    },
    terms: { kind: "email", viaId, settings: { to: [address ?? ""] }, secrets: null },
  };
}

function passwordProblem(
  password: string,
  login: string,
  host: string,
  known: KnownSecrets | null,
): Record<string, string> {
  if (password.length > MAX_PASSWORD_LENGTH) return { password: "channels.problem.passwordLong" };
  if (password !== "" && login === "") return { login: "channels.problem.loginMissing" };
  if (password !== "" || login === "") return {};
  if (!known?.hasPassword) return { password: "channels.problem.passwordMissing" };
  return host !== "" && host !== known.host ? { password: "channels.problem.passwordAgain" } : {};
}

function readSender(text: string): string | null {
  const sender = readMailAddress(text);
  if (!sender || readRecipient(sender.address) === null) return null;
  const from = sender.name ? `${sender.name} <${sender.address}>` : sender.address;
  return from.length > MAX_FROM_LENGTH ? null : from;
}

function readRecipients(text: string) {
  const typed = text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const wrong = typed.find((part) => readRecipient(part) === null);
  const to = [...new Set(typed.map((part) => readRecipient(part) ?? part))];
  const problems = {
    ...(to.length > MAX_RECIPIENTS && { to: "channels.problem.recipients" }),
    ...(wrong !== undefined && { to: "channels.problem.recipient" }),
    ...(typed.length === 0 && { to: "form.required" }),
  };
  const address = (wrong ?? "").slice(0, SHOWN_ADDRESS_LENGTH);
  return { to, problems, limits: { address, maxRecipients: MAX_RECIPIENTS } };
}
