import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isCallable } from "../../outgoing/allowed-address.ts";

export type Typed = Readonly<Record<string, string>>;

/** A valid value, or the key of the problem with the values of its text. */
export type Checked = { value: string } | { problem: string; values?: Record<string, string | number> };

/** The catalogs call it `channels.field.<label>`. */
export interface FormField {
  name: string;
  /** Default: `name`. */
  label?: string;
  /** Default: `text`; the options of a `select` are called `channels.<name>Option.<option>`. */
  control?: "text" | "email" | "secret" | "text-area" | "select";
  isRequired?: boolean;
  inputMode?: "numeric" | "url";
  /** The rest of the key `channels.hint.…`. */
  hint?: string;
  options?: readonly string[];
  /** Whether it is placed beside the field before it. */
  isBeside?: boolean;
  /** Whether it is in a part that is closed at first. */
  isRare?: boolean;
  /** @param text is not empty. */
  check(text: string): Checked;
  stays?: SecretStays;
}

/** A stored secret is only sent where it was typed for: after a change of that it has to be typed again. */
interface SecretStays {
  /** Where the secret is sent; null = it is not needed. */
  way(values: Typed): readonly unknown[] | null;
  /** The problem when none is stored; null = none. */
  missing: string | null;
  /** The problem when it was typed for another way. */
  again: string;
}

/** A stored channel; secrets are null when they cannot be opened. */
interface Present<Settings, Secrets> {
  settings: Settings;
  secrets: Secrets | null;
}

export interface KindForm<Settings, Secrets> {
  fields: readonly FormField[];
  defaults: Typed;
  /** A stored channel as texts of the fields. */
  typedOf(present: Present<Settings, Secrets>): Typed;
  /** The rest of the key `channels.more.…` for the rare fields. */
  rareSummary: string | null;
  /** The names of stored secrets, which may be left out. */
  knownSecrets(secrets: Secrets): readonly string[];
  /** Settings and secrets of checked values; secrets that are left out stay. @param present null = a new channel. */
  termsOf(values: Typed, present: Present<Settings, Secrets> | null): KindTerms<Settings, Secrets>;
}

interface KindTerms<Settings, Secrets> {
  problems?: Record<string, string>;
  settings: Settings;
  secrets: Partial<Secrets>;
  /** A generated secret, which is shown once. */
  made?: string;
}

const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u;
const MAX_HOST_LENGTH = 253;
const MAX_URL_LENGTH = 500;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const MAX_CERTIFICATES_LENGTH = 32_768;

/** The problem of a text that is too long is `channels.problem.<name>Long`. */
export function checkLength(name: string, max: number, isTrimmed = true) {
  return (text: string): Checked => {
    const value = isTrimmed ? text.trim() : text;
    return value.length > max
      ? { problem: `channels.problem.${name}Long`, values: { [`${name}Max`]: max } }
      : { value };
  };
}

export function checkHost(text: string): Checked {
  const host = text.trim().replace(/^\[(.*)\]$/, "$1");
  if (host.length > MAX_HOST_LENGTH || (isIP(host) === 0 && !HOST.test(host)))
    return { problem: "channels.problem.host" };
  return isCallable(host) ? { value: host } : { problem: "channels.problem.addressRefused" };
}

/** Checks a URL without login and password. */
export function checkUrl(text: string): Checked {
  const typed = text.trim();
  const url = /^https?:\/\//i.test(typed) ? URL.parse(typed) : null;
  if (!url || url.username || url.password) return { problem: "settings.problem.url" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  url.hash = "";
  return url.href.length > MAX_URL_LENGTH ? { problem: "channels.problem.urlLong" } : { value: url.href };
}

export function checkProxy(text: string): Checked {
  const typed = text.trim();
  const url = /^(?:https?|socks5):\/\//i.test(typed) ? URL.parse(typed) : null;
  const hasMore = url && (/[^/]/.test(url.pathname) || url.search || url.hash);
  if (!url || url.hostname === "" || url.username || url.password || hasMore)
    return { problem: "channels.problem.proxy" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  const value = `${url.protocol}//${url.host}`;
  return value.length > MAX_HOST_LENGTH ? { problem: "channels.problem.proxy" } : { value };
}

/** Checks certificates of authorities as PEM; text around them is dropped. */
export function checkCertificates(text: string): Checked {
  // Certificates are shown again, private keys must not be.
  if (text.includes("PRIVATE KEY-----")) return { problem: "channels.problem.privateKey" };
  const found = text.replaceAll("\r\n", "\n").match(CERTIFICATE) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) return { problem: "channels.problem.certificate" };
  const value = `${found.join("\n")}\n`;
  return value.length > MAX_CERTIFICATES_LENGTH
    ? { problem: "channels.problem.certificatesLong" }
    : { value };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
